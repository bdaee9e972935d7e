/** The crops of real pancreases (MSD with a tumour, NIH without): where they lie, and what is known of each. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { defaultFolder } from 'axunet/dataset/cases';
import { expected } from 'axunet/errors';
import { maskOf, readGreyImage } from 'axunet/io/image';
import { insideFolder } from 'axunet/io/insideFolder';
import type { GreyImage } from 'axunet/io/pixels';
import {
  aboveZero,
  atLeastOne,
  choice,
  list,
  natural,
  object,
  oneLine,
  optional,
  readJsonAs,
  type Schema,
  text,
  tuple,
} from 'axunet/io/schema';
import { settings } from 'axunet/settings';

/** Where a patient was scanned. Class equals source: all of MSD have a tumour, none of NIH has. */
export type Source = 'MSD' | 'NIH';

/** HU that the grey values 0 and 255 of a crop stand for. */
export const cropWindowHu = [-150, 250] as const;

/** A row of slices.json. */
interface StoredSlice {
  readonly file: string;
  readonly patient: string;
  readonly slice: number;
  readonly source: Source;
  readonly tumour: 0 | 1;
  readonly w: number;
  readonly h: number;
  /** Name in `masks`, empty where there is none. */
  readonly mask: string;
  readonly spacing_xy?: readonly [number, number];
  readonly spacing_z?: number;
}

const sliceSchema: Schema<StoredSlice> = object({
  file: text,
  patient: oneLine,
  slice: natural,
  source: choice(['MSD', 'NIH']),
  tumour: choice([0, 1]),
  w: atLeastOne,
  h: atLeastOne,
  mask: text,
  spacing_xy: optional(tuple([aboveZero, aboveZero])),
  spacing_z: optional(aboveZero),
}) as Schema<StoredSlice>;

/** One slice of one patient, cut to the box of the pancreas. */
export interface Crop {
  /** Name of the picture, unique. */
  readonly file: string;
  readonly patient: string;
  readonly source: Source;
  readonly tumour: boolean;
  /** Number of the slice in its scan; the sources count from different ends. */
  readonly slice: number;
  readonly image: string;
  readonly mask?: string;
  readonly width: number;
  readonly height: number;
  /** Known of the slices that have a mask. */
  readonly spacingMm?: number;
  readonly sliceSpacingMm?: number;
}

/** Where the crops lie: `data/pancreas-crops`, or the folder of extra test data; undefined where in neither. */
export function cropsFolder(): string | undefined {
  const shared = settings.sharedFolder ? path.join(settings.sharedFolder, 'data/pancreas-crops') : undefined;
  return [defaultFolder('pancreas-crops'), shared].find((folder) => folder && existsSync(sliceFile(folder)));
}

export const sliceFile = (folder: string): string => path.join(folder, 'slices.json');

function cropOf(row: StoredSlice, folder: string): Crop {
  const list = sliceFile(folder);
  const { file, patient, source, slice, mask, spacing_xy: spacing, spacing_z: between } = row;
  if (spacing && spacing[0] !== spacing[1])
    throw expected(`square pixels of ${file}`, `${spacing.join(' × ')} mm`, list);
  return {
    file,
    patient,
    source,
    tumour: row.tumour === 1,
    slice,
    image: insideFolder(path.join(folder, 'images'), file, list),
    ...(mask !== '' && { mask: insideFolder(path.join(folder, 'masks'), mask, list) }),
    width: row.w,
    height: row.h,
    ...(spacing && { spacingMm: spacing[0] }),
    ...(between !== undefined && { sliceSpacingMm: between }),
  };
}

/**
 * The crops that `slices.json` of a folder lists, in its order. Throws a UserError for a list of another shape, files
 * that are named twice or lie outside the folder, and patients who are both ill and well or of two sources.
 */
export async function readCrops(folder: string): Promise<Crop[]> {
  const file = sliceFile(folder);
  const rows = await readJsonAs(file, list(sliceSchema), 'a list of slices');
  if (rows.length === 0) throw expected('at least one slice', 'none', file);
  const [seen, people] = [new Set<string>(), new Map<string, string>()];
  for (const { file: name, patient, source, tumour } of rows) {
    if (seen.has(name)) throw expected('each slice once', `${name} twice`, file);
    seen.add(name);
    const is = `${source}, ${tumour ? 'with' : 'without'} a tumour`;
    const was = people.get(patient) ?? is;
    if (was !== is) throw expected(`patient ${patient} to be one of ${was}`, is, file);
    people.set(patient, is);
  }
  return rows.map((row) => cropOf(row, folder));
}

/** The pixels of a crop and, where there is one, its mask of 0 and 1. Throws where a size is not that of the list. */
export async function readCrop({ image, mask, width, height }: Crop): Promise<{ grey: GreyImage; organ?: Uint8Array }> {
  const read = async (file: string): Promise<GreyImage> => {
    const picture = await readGreyImage(file);
    if (picture.width !== width || picture.height !== height)
      throw expected(`a picture of ${width}×${height} pixels`, `${picture.width}×${picture.height}`, file);
    return picture;
  };
  const grey = await read(image);
  return mask === undefined ? { grey } : { grey, organ: maskOf(await read(mask), mask) };
}
