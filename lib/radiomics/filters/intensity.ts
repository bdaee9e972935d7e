/**
 * Images whose voxels are functions of the voxel's own value, scaled so that they keep about the range of the image:
 * square, square root, logarithm and exponential of PyRadiomics. Each depends on the largest |value| of the whole
 * image.
 */
import { type Box, cropVolume } from '../../volume/crop.ts';
import type { Volume, VoxelArray } from '../../volume/volume.ts';

/** NaN where a value is NaN, as NumPy. */
function largestSize(data: VoxelArray): number {
  let largest = 0;
  for (let i = 0; i < data.length; i++) {
    const size = Math.abs(data[i]!);
    if (!(size <= largest)) largest = size;
    if (Number.isNaN(size)) return size;
  }
  return largest;
}

/** Keeps the sign: f(|x|) for x > 0, −f(|x|) for x < 0. */
const odd =
  (f: (size: number) => number) =>
  (x: number): number =>
    x > 0 ? f(x) : -f(-x);

type Make = (largest: number) => (x: number) => number;

const functions: Record<IntensityImage, Make> = {
  /** (c x)² with c = 1 / √max |x|. */
  square: (largest) => {
    const c = 1 / Math.sqrt(largest);
    return (x) => c * x * (c * x);
  },
  /** √(c x) with c = max |x|, with the sign of x. */
  squareroot: (largest) => odd((x) => Math.sqrt(x * largest)),
  /** c ln(x + 1) with c = max |x| / ln(max |x| + 1), with the sign of x. */
  logarithm: (largest) => {
    const c = largest / Math.log(largest + 1);
    return odd((x) => Math.log(x + 1) * c);
  },
  /** e^(c x) with c = ln(max |x|) / max |x|. */
  exponential: (largest) => {
    const c = Math.log(largest) / largest;
    return (x) => Math.exp(c * x);
  },
};

export const intensityImages = ['square', 'squareroot', 'logarithm', 'exponential'] as const;
export type IntensityImage = (typeof intensityImages)[number];

/**
 * The part of the image in `box`, its values put through one of the four functions, in double precision. Of an image
 * that is 0 everywhere they are NaN, as PyRadiomics' are (squareroot: 0).
 */
export function intensityImage(image: Volume, kind: IntensityImage, box: Box): Volume<Float64Array> {
  const f = functions[kind](largestSize(image.data));
  const part = cropVolume(image, box.start, box.shape);
  return { ...part, data: Float64Array.from(part.data as Iterable<number>, f) };
}
