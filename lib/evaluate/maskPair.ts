/** Two masks on one grid, cropped to the box that holds both: what lies outside changes no distance and only one count. */
import { expected } from '../errors.ts';
import { assertGrid } from '../volume/distance.ts';
import { type Box, boundingBox } from '../volume/foreground.ts';
import { type Vec3, voxelCount } from '../volume/volume.ts';
import { overlapCounts, type OverlapCounts } from './overlap.ts';

export interface MaskPair {
  /** 0 and 1 in the joint box with a margin of one background voxel, x fastest. Both have length 0 where both masks are empty. */
  readonly prediction: Uint8Array;
  readonly reference: Uint8Array;
  /** Of the two arrays, margin included. A 2-D pair has z = 1 and no margin along z. */
  readonly shape: Vec3;
  readonly spacingMm: Vec3;
  /** Of the whole images. */
  readonly imageShape: Vec3;
}

/** The box as 0 and 1, with `margin` voxels of background around it. */
function cropBinary(mask: ArrayLike<number>, shape: Vec3, [low, high]: Box, cropped: Vec3, margin: Vec3): Uint8Array {
  const out = new Uint8Array(voxelCount(cropped));
  for (let z = low[2]; z <= high[2]; z++) {
    for (let y = low[1]; y <= high[1]; y++) {
      const from = shape[0] * (y + shape[1] * z) + low[0];
      const to = margin[0] + cropped[0] * (y - low[1] + margin[1] + cropped[1] * (z - low[2] + margin[2]));
      for (let i = 0; i <= high[0] - low[0]; i++) out[to + i] = mask[from + i] === 0 ? 0 : 1;
    }
  }
  return out;
}

/**
 * Crops two masks of one grid to the box that holds both. Anything but 0 is foreground. A 2-D mask has the shape [x, y, 1].
 * Throws a UserError when masks, shape and spacing do not fit together.
 */
export function maskPair(prediction: ArrayLike<number>, reference: ArrayLike<number>, imageShape: Vec3, spacingMm: Vec3): MaskPair {
  assertGrid(reference, imageShape, spacingMm);
  if (prediction.length !== reference.length) throw expected(`a prediction of ${reference.length} voxels`, `${prediction.length}`);
  const boxes = [prediction, reference].flatMap((mask) => boundingBox(mask, imageShape) ?? []) as unknown as Vec3[];
  if (boxes.length === 0) return { prediction: new Uint8Array(), reference: new Uint8Array(), shape: [0, 0, 0], spacingMm, imageShape };
  const across = (combine: (...values: number[]) => number): Vec3 => [0, 1, 2].map((axis) => combine(...boxes.map((corner) => corner[axis]))) as unknown as Vec3;
  const box: Box = [across(Math.min), across(Math.max)];
  const margin: Vec3 = [1, 1, imageShape[2] === 1 ? 0 : 1];
  const shape = [0, 1, 2].map((axis) => box[1][axis] - box[0][axis] + 1 + 2 * margin[axis]) as unknown as Vec3;
  const crop = (mask: ArrayLike<number>): Uint8Array => cropBinary(mask, imageShape, box, shape, margin);
  return { prediction: crop(prediction), reference: crop(reference), shape, spacingMm, imageShape };
}

/** The four counts of the whole images. */
export function pairCounts(pair: MaskPair): OverlapCounts {
  const counts = overlapCounts(pair.prediction, pair.reference);
  return { ...counts, tn: voxelCount(pair.imageShape) - counts.tp - counts.fp - counts.fn };
}
