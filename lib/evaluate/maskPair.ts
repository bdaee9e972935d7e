/** Two masks on one grid, cropped to the box that holds both: what lies outside changes no distance and only one count. */
import { expected } from '../errors.ts';
import { assertGrid } from '../volume/distance.ts';
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

/** First and last index along x, y, z; undefined for an empty mask. */
export type Box = readonly [Vec3, Vec3];

/** Four voxels at a time where the memory allows: most of a mask is empty. */
const wordsOf = (mask: ArrayLike<number>): Int32Array | undefined =>
  mask instanceof Uint8Array && mask.byteOffset % 4 === 0 ? new Int32Array(mask.buffer, mask.byteOffset, mask.length >> 2) : undefined;

/** The first index from `from` on, below `end`, that is not 0; `end` when there is none. */
function nextForeground(mask: ArrayLike<number>, words: Int32Array | undefined, from: number, end: number): number {
  let i = from;
  if (words) {
    for (; i < end && i % 4 !== 0; i++) if (mask[i] !== 0) return i;
    let w = i >> 2;
    const lastWord = end >> 2;
    while (w + 4 <= lastWord && (words[w] | words[w + 1] | words[w + 2] | words[w + 3]) === 0) w += 4;
    while (w < lastWord && words[w] === 0) w++;
    i = Math.max(i, w << 2);
  }
  while (i < end && mask[i] === 0) i++;
  return i;
}

/** The smallest box that holds all voxels but those of 0. */
export function boundingBox(mask: ArrayLike<number>, [width, height, depth]: Vec3): Box | undefined {
  const words = wordsOf(mask);
  const low = [width, height, depth];
  const high = [-1, -1, -1];
  const end = width * height * depth;
  for (let i = nextForeground(mask, words, 0, end); i < end; i = nextForeground(mask, words, i, end)) {
    const row = Math.floor(i / width);
    const start = row * width;
    const y = row % height;
    const z = Math.floor(row / height);
    let last = start + width - 1;
    while (mask[last] === 0) last--;
    low[0] = Math.min(low[0], i - start);
    high[0] = Math.max(high[0], last - start);
    low[1] = Math.min(low[1], y);
    high[1] = Math.max(high[1], y);
    low[2] = Math.min(low[2], z);
    high[2] = z;
    i = start + width;
  }
  return high[2] < 0 ? undefined : [low as unknown as Vec3, high as unknown as Vec3];
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
