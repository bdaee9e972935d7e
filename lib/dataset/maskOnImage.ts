/** A mask in the canonical frame of its image, whatever axis order and format it is stored in. */
import { expected } from '../errors.ts';
import { type Opened, openMask } from '../scan/openVolume.ts';
import { geometryDifference, toCanonical } from '../volume/orientation.ts';
import { assertLabelValues, countValues, maskOfValue } from '../volume/values.ts';
import type { Volume, VoxelArray } from '../volume/volume.ts';
import type { LabelRules } from './caseList.ts';
import { foregroundDoubts, segmentDoubts } from './segmentDoubts.ts';
import { toClasses } from './toClasses.ts';

/** What of a mask file counts. */
export interface MaskOptions {
  /** The stored value that is foreground; any but 0 without it. */
  readonly labelValue?: number;
  /** The classes of the file, kept apart, instead of one value. */
  readonly labels?: LabelRules;
}

/** Class numbers, or 0 and 1 of one class, on the voxels of the canonical image, and what is odd about them. */
type MaskOnImage = Volume<Uint8Array> & Pick<Opened, 'warnings'>;

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
  return labels.length > 1 ? [`labels ${listed(labels)} count as one`] : [];
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
 * one); `image` is canonical. A mask that is stored in another axis order lies on the same grid. Throws a UserError
 * for a mask on other voxels, values that are no labels, and one that lacks the value.
 */
export async function openMaskOn(
  file: string,
  image: Volume,
  { labelValue: value, labels }: MaskOptions,
): Promise<MaskOnImage> {
  const stored = await openMask(file, { on: image });
  const named = labels ? segmentDoubts(stored, labels) : foregroundDoubts(stored, value);
  const doubts = labels ? named : [...named, ...doubtsOf(stored.data, file, value)];
  const data = labels ? toClasses(stored.data, labels, file) : drawnVoxels(stored.data, value);
  const mask = toCanonical({ ...stored, data });
  const difference = geometryDifference(image, mask);
  if (difference) throw expected('a mask on the grid of the image', difference, file);
  return { ...mask, warnings: [...stored.warnings, ...doubts] };
}
