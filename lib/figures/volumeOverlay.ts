/** Slices of a CT volume with the masks that lie on it. */
import path from 'node:path';
import type { LabelRules } from '../dataset/caseList.ts';
import { toClasses } from '../dataset/toClasses.ts';
import { expected } from '../errors.ts';
import { dice, overlapCounts } from '../evaluate/overlap.ts';
import { type Opened, openImage, openMask } from '../io/openVolume.ts';
import { geometryDifference, toCanonical } from '../volume/orientation.ts';
import { fullestSlice } from '../volume/values.ts';
import { sliceZ, type Volume, type VoxelArray } from '../volume/volume.ts';
import type { OverlayCase } from './overlayGrid.ts';
import { huSlice } from './slicePicture.ts';

/** What the stored values of a mask mean: one of them is the organ, or there are classes; any but 0 without either. */
type MaskMeaning = Pick<OverlayFiles, 'labelValue' | 'labels'>;

/** A mask in the canonical frame: class numbers, 1 alone without classes. */
async function readMask(
  file: string,
  image: Volume,
  { labelValue: value, labels }: MaskMeaning = {},
): Promise<Volume<Uint8Array> & Pick<Opened, 'warnings'>> {
  const stored = await openMask(file);
  const difference = geometryDifference(image, stored);
  if (difference) throw expected('a mask on the grid of the image', difference, file);
  const data = labels
    ? toClasses(stored.data, labels, file)
    : Uint8Array.from(stored.data, (v: number) => Number(value === undefined ? v > 0 : v === value));
  if (value !== undefined && !data.includes(1)) throw expected(`label value ${value}`, valuesOf(stored.data), file);
  return { ...toCanonical({ ...stored, data }), warnings: stored.warnings };
}

/** The values of a mask, at most ten, for a message. */
function valuesOf(data: VoxelArray): string {
  const values = [...new Set<number>(data)].sort((a, b) => a - b);
  return `only ${values.slice(0, 10).join(', ')}${values.length > 10 ? ', …' : ''}`;
}

/** Slices spread evenly from the first to the last that any mask touches, the fullest one alone for a count of 1. */
function chooseSlices(masks: readonly Volume<Uint8Array>[], count: number): number[] {
  const depth = masks[0]!.shape[2];
  const touched = Array.from({ length: depth }, (_, z) => z).filter((z) =>
    masks.some((mask) => sliceZ(mask, z).some((c) => c > 0)),
  );
  if (touched.length === 0 || count === 1) return [fullestSlice(masks[0]!)];
  const wanted = Math.min(count, touched.length);
  return Array.from({ length: wanted }, (_, i) => touched[Math.round(((i + 0.5) * touched.length) / wanted - 0.5)]!);
}

/** Files of a volume and of at least one mask on its grid. */
export interface OverlayFiles {
  readonly image: string;
  readonly label?: string;
  /** The stored value that is pancreas in the label; any but 0 without it. */
  readonly labelValue?: number;
  /** The classes of label and mask, shown one by one, instead of one value. */
  readonly labels?: LabelRules;
  readonly mask?: string;
}

/**
 * At most `count` slices, spread evenly over those that a mask touches, and the DSC over the whole volume where there
 * are both masks. `warnings` says what is odd in the files. Throws a UserError where the files do not lie on one grid
 * or the label does not have the value.
 */
export async function volumeOverlay(
  files: OverlayFiles,
  count: number,
): Promise<{ cases: OverlayCase[]; dice?: number; warnings: string[] }> {
  const stored = await openImage(files.image);
  const image = toCanonical(stored);
  const label = files.label === undefined ? undefined : await readMask(files.label, stored, files);
  const mask = files.mask === undefined ? undefined : await readMask(files.mask, stored, { labels: files.labels });
  const id = path.basename(files.image).replace(/\.nii(\.gz)?$/, '');
  const masks = [label, mask].filter((each) => each !== undefined);
  const cases = chooseSlices(masks, count).map((z): OverlayCase => {
    const [reference, prediction] = [label && sliceZ(label, z), mask && sliceZ(mask, z)];
    return {
      id: `${id}, slice ${z}`,
      slice: huSlice(image, z),
      label: reference,
      prediction,
      dice: reference && prediction ? dice(overlapCounts(prediction, reference)) : undefined,
    };
  });
  const warnings = [
    ...stored.warnings.map((warning) => `${files.image}: ${warning}`),
    ...(label?.warnings ?? []).map((warning) => `${files.label}: ${warning}`),
    ...(mask?.warnings ?? []).map((warning) => `${files.mask}: ${warning}`),
  ];
  return { cases, dice: label && mask && dice(overlapCounts(mask.data, label.data)), warnings };
}
