/** The crops as a table: features of the whole box and of the expert's mask, and what tells of scan and selection. */
import { type Cell, type Row, type Table, toTable } from 'axunet/figures/table';
import { breathe, startProgress } from 'axunet/progress';
import { extractFeatures } from 'axunet/radiomics/extract';
import type { Family } from 'axunet/radiomics/names';
import { asSlice, settingsForPictures, valuesOf } from 'axunet/radiomics/pictures';
import { type RadiomicsSettings, radiomicsSettings } from 'axunet/radiomics/settings';
import { cachedTable } from '../radiomics/tableCache.ts';
import { type Crop, cropWindowHu, readCrop, readCrops, type Source, sliceFile } from './crops.ts';
import { fatNoiseHu } from './fatNoise.ts';

/** One slice of one patient. */
export interface RealTumourRow {
  readonly file: string;
  readonly patient: string;
  readonly source: Source;
  readonly tumour: boolean;
  /** Number of the slice in its scan. */
  readonly slice: number;
  /** By `acquisitionColumns`; null where it is not known. */
  readonly acquisition: Readonly<Record<string, number | null>>;
  /** Features of all pixels of the crop, by name; NaN where one does not exist. No shape: that is the box's size. */
  readonly box: Readonly<Record<string, number>>;
  /** Features of the expert's mask, by name, lengths in mm; slices without a mask have none. */
  readonly mask?: Readonly<Record<string, number>>;
}

/** All slices, in the order of the list. */
export interface RealTumourTable {
  readonly rows: readonly RealTumourRow[];
}

/** What is known of scan and crop, whatever the pancreas looks like. */
export const acquisitionColumns = [
  'boxWidthPx',
  'boxHeightPx',
  'boxAreaPx',
  'boxWidthMm',
  'boxHeightMm',
  'boxAreaMm2',
  'pixelSpacingMm',
  'sliceSpacingMm',
  'fatNoiseHu',
  'sliceNumber',
] as const;

const textures: readonly Family[] = ['firstorder', 'glcm', 'glrlm', 'glszm', 'gldm', 'ngtdm'];

/** Features in HU, in bins of 25 HU; of the box without the form. */
const boxSettings = settingsForPictures(radiomicsSettings({ families: textures }));
const maskSettings = settingsForPictures(radiomicsSettings());

/** TotalEnergy of pixels of unknown size is Energy once more. */
const twice = 'original_firstorder_TotalEnergy';

function acquisitionOf(crop: Crop, hu: Float64Array): Record<(typeof acquisitionColumns)[number], number | null> {
  const { width, height, spacingMm, sliceSpacingMm = null, slice } = crop;
  const inMm = (pixels: number, power: number): number | null => (spacingMm ? pixels * spacingMm ** power : null);
  return {
    boxWidthPx: width,
    boxHeightPx: height,
    boxAreaPx: width * height,
    boxWidthMm: inMm(width, 1),
    boxHeightMm: inMm(height, 1),
    boxAreaMm2: inMm(width * height, 2),
    pixelSpacingMm: spacingMm ?? null,
    sliceSpacingMm,
    fatNoiseHu: fatNoiseHu(hu, width, height),
    sliceNumber: slice,
  };
}

/** The row of one crop, measured. */
export async function measureCrop(crop: Crop): Promise<RealTumourRow> {
  const { grey, organ } = await readCrop(crop);
  const hu = valuesOf(grey, cropWindowHu);
  const everything = asSlice(new Uint8Array(hu.length).fill(1), crop);
  const take = (mask: Uint8Array, spacingMm: number | undefined, settings: RadiomicsSettings) =>
    extractFeatures(asSlice(hu, crop, spacingMm), asSlice(mask, crop, spacingMm), settings).features;
  const { [twice]: _, ...box } = take(everything.data, undefined, boxSettings);
  const { file, patient, source, tumour, slice } = crop;
  return {
    file,
    patient,
    source,
    tumour,
    slice,
    acquisition: acquisitionOf(crop, hu),
    box,
    ...(organ && { mask: take(organ, crop.spacingMm, maskSettings) }),
  };
}

const prefixed = (prefix: string, values: Readonly<Record<string, number | null>>): Row =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [`${prefix}.${name}`, value]));

/** As a table is kept: what is missing is a gap. */
const flatRow = ({ file, acquisition, box, mask }: RealTumourRow): Row => ({
  file,
  ...prefixed('acquisition', acquisition),
  ...prefixed('box', box),
  ...prefixed('mask', mask ?? {}),
});

/** A cell as a number; a column without any number comes back as text. */
const numberOf = (cell: Cell | undefined): number => (typeof cell === 'number' ? cell : NaN);

/** The rows of a table that was kept, one a crop in the same order. */
function fromTable(table: Table, crops: readonly Crop[]): RealTumourTable {
  const namesOf = (prefix: string): string[] =>
    table.columns.filter((name) => name.startsWith(`${prefix}.`)).map((name) => name.slice(prefix.length + 1));
  const [acquisition, box, mask] = ['acquisition', 'box', 'mask'].map(namesOf) as [string[], string[], string[]];
  const rows = table.rows.map((row, i): RealTumourRow => {
    const { file, patient, source, tumour, slice, mask: maskFile } = crops[i]!;
    const pick = (prefix: string, names: readonly string[]): Record<string, number> =>
      Object.fromEntries(names.map((name) => [name, numberOf(row[`${prefix}.${name}`])]));
    const known = Object.entries(pick('acquisition', acquisition)).map(([name, value]) => [
      name,
      Number.isFinite(value) ? value : null,
    ]);
    const ofMask = maskFile === undefined ? {} : { mask: pick('mask', mask) };
    return {
      file,
      patient,
      source,
      tumour,
      slice,
      acquisition: Object.fromEntries(known),
      box: pick('box', box),
      ...ofMask,
    };
  });
  return { rows };
}

/** Goes up when equal crops give other rows. */
export const tableVersion = 2;

/**
 * All crops of a folder (`slices.json`, `images`, `masks`) as a table: measured once, a minute on one core, then read
 * from `data/radiomics`. Throws as `readCrops` and `readCrop` do, and a MaskError for a mask that cannot be used.
 */
export async function openRealTumours(folder: string): Promise<RealTumourTable> {
  const crops = await readCrops(folder);
  const files = [sliceFile(folder), ...crops.flatMap(({ image, mask }) => (mask ? [image, mask] : [image]))];
  const from = { files, window: cropWindowHu, settings: [boxSettings, maskSettings], version: tableVersion };
  const table = await cachedTable('real-tumours', from, async () => {
    const progress = startProgress('crops', crops.length);
    const rows: Row[] = [];
    for (const crop of crops) {
      rows.push(flatRow(await measureCrop(crop)));
      progress.update(rows.length, crop.file);
      await breathe();
    }
    progress.finish();
    return toTable(rows);
  });
  return fromTable(table, crops);
}
