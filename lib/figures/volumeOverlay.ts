/** Slices of a CT volume with the masks that lie on it. */
import type { LabelRules } from '../dataset/caseList.ts';
import { toClasses } from '../dataset/toClasses.ts';
import { expected } from '../errors.ts';
import { dice, overlapCounts } from '../evaluate/overlap.ts';
import { type Opened, openImage, openMask } from '../scan/openVolume.ts';
import { volumeName } from '../scan/volumeNames.ts';
import { geometryDifference, toCanonical } from '../volume/orientation.ts';
import { assertLabelValues, countValues, fullestSlice, maskOfValue } from '../volume/values.ts';
import { sliceZ, type Volume, type VoxelArray } from '../volume/volume.ts';
import type { OverlayCase } from './overlayGrid.ts';
import { huSlice } from './slicePicture.ts';

type DrawnMask = Volume<Uint8Array> & Pick<Opened, 'warnings'>;

const listed = (values: readonly number[]): string =>
  `${values.slice(0, 10).join(', ')}${values.length > 10 ? ', …' : ''}`;

/** What `value`, or any but 0 without one, may hide; throws where the values are no labels or lack `value`. */
function doubtsOf(data: VoxelArray, file: string, value?: number): string[] {
  if (value === 0) throw expected('a label value other than 0, which is background', '0', file);
  const values = [...countValues(data).keys()];
  assertLabelValues(values, file);
  if (value !== undefined) {
    if (!values.includes(value)) throw expected(`label value ${value}`, `only ${listed(values)}`, file);
    return [];
  }
  const labels = values.filter((v) => v !== 0);
  if (labels.length === 0) return ['the mask is empty'];
  return labels.length > 1 ? [`labels ${listed(labels)} are drawn as one`] : [];
}

/** 1 where a mask has the value, or any but 0 without one. */
function drawnVoxels(data: VoxelArray, value?: number): Uint8Array {
  if (value !== undefined) return maskOfValue(data, value);
  const drawn = new Uint8Array(data.length);
  for (let i = 0; i < drawn.length; i++) drawn[i] = data[i]! > 0 ? 1 : 0;
  return drawn;
}

/**
 * A mask in the canonical frame: class numbers of `labels`, else 1 where the file has the value (any but 0 without
 * one); `image` is canonical. A mask that is stored in another axis order lies on the same grid.
 */
async function readMask(
  file: string,
  image: Volume,
  { labelValue: value, labels }: Pick<OverlayFiles, 'labelValue' | 'labels'>,
): Promise<DrawnMask> {
  const stored = await openMask(file, { on: image });
  const doubts = labels ? [] : doubtsOf(stored.data, file, value);
  const data = labels ? toClasses(stored.data, labels, file) : drawnVoxels(stored.data, value);
  const mask = toCanonical({ ...stored, data });
  const difference = geometryDifference(image, mask);
  if (difference) throw expected('a mask on the grid of the image', difference, file);
  return { ...mask, warnings: [...stored.warnings, ...doubts] };
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
  /** Which series of a DICOM image. */
  readonly series?: string;
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
  const stored = await openImage(files.image, { series: files.series });
  const image = toCanonical(stored);
  const label = files.label === undefined ? undefined : await readMask(files.label, image, files);
  const mask = files.mask === undefined ? undefined : await readMask(files.mask, image, { labels: files.labels });
  const id = volumeName(files.image);
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
