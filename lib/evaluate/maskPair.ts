/**
 * Two masks on one grid, cropped to the box that holds both: what lies outside changes no distance and only one count.
 */
import { expected } from '../errors.ts';
import type { Box } from '../volume/crop.ts';
import { assertGrid } from '../volume/distance.ts';
import { boundingBox } from '../volume/foreground.ts';
import { type Vec3, voxelCount } from '../volume/volume.ts';
import { type OverlapCounts, overlapCounts } from './overlap.ts';

export interface MaskPair {
  /**
   * 0 and 1 in the joint box with a margin of one background voxel, x fastest. Both have
   * length 0 where both masks are empty.
   */
  readonly prediction: Uint8Array;
  readonly reference: Uint8Array;
  /** Of the two arrays, margin included. A 2-D pair has z = 1 and no margin along z. */
  readonly shape: Vec3;
  readonly spacingMm: Vec3;
  /** Of the whole images. */
  readonly imageShape: Vec3;
}

/** The box as 0 and 1, with `margin` voxels of background around it, in an array of shape `padded`. */
function cropBinary(
  mask: ArrayLike<number>,
  [width, height]: Vec3,
  { start, shape }: Box,
  margin: Vec3,
  padded: Vec3,
): Uint8Array {
  const out = new Uint8Array(voxelCount(padded));
  for (let z = 0; z < shape[2]; z++) {
    for (let y = 0; y < shape[1]; y++) {
      const from = start[0] + width * (start[1] + y + height * (start[2] + z));
      const to = margin[0] + padded[0] * (margin[1] + y + padded[1] * (margin[2] + z));
      for (let x = 0; x < shape[0]; x++) out[to + x] = mask[from + x] === 0 ? 0 : 1;
    }
  }
  return out;
}

/** The smallest box that holds all of the boxes. */
function jointBox(boxes: readonly Box[]): Box {
  const start = [0, 1, 2].map((axis) => Math.min(...boxes.map((box) => box.start[axis]))) as unknown as Vec3;
  const shape = start.map(
    (low, axis) => Math.max(...boxes.map((box) => box.start[axis] + box.shape[axis])) - low,
  ) as unknown as Vec3;
  return { start, shape };
}

/**
 * Crops two masks of one grid to the box that holds both. Anything but 0 is foreground. A 2-D mask has the shape
 * [x, y, 1]. Throws a UserError when masks, shape and spacing do not fit together.
 */
export function maskPair(
  prediction: ArrayLike<number>,
  reference: ArrayLike<number>,
  imageShape: Vec3,
  spacingMm: Vec3,
): MaskPair {
  assertGrid(reference, imageShape, spacingMm);
  if (prediction.length !== reference.length)
    throw expected(`a prediction of ${reference.length} voxels`, `${prediction.length}`);
  const boxes = [prediction, reference].flatMap((mask) => boundingBox(mask, imageShape) ?? []);
  if (boxes.length === 0)
    return { prediction: new Uint8Array(), reference: new Uint8Array(), shape: [0, 0, 0], spacingMm, imageShape };
  const box = jointBox(boxes);
  const margin: Vec3 = [1, 1, imageShape[2] === 1 ? 0 : 1];
  const shape = box.shape.map((size, axis) => size + 2 * margin[axis]) as unknown as Vec3;
  const crop = (mask: ArrayLike<number>): Uint8Array => cropBinary(mask, imageShape, box, margin, shape);
  return { prediction: crop(prediction), reference: crop(reference), shape, spacingMm, imageShape };
}

/** The four counts of the whole images. */
export function pairCounts(pair: MaskPair): OverlapCounts {
  const counts = overlapCounts(pair.prediction, pair.reference);
  return { ...counts, tn: voxelCount(pair.imageShape) - counts.tp - counts.fp - counts.fn };
}
