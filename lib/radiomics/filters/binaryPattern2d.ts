/**
 * Local binary patterns within slices: at each voxel, which points of a circle around it are at least as bright.
 *
 * Source: T. Ojala, M. Pietikäinen and T. Mäenpää 2002, doi:10.1109/TPAMI.2002.1017623; the order of points, their
 * rounding and the 0 outside of the slice are scikit-image's, which PyRadiomics uses.
 */
import { affineFrom, assertBoxInside, type Box } from '../../volume/crop.ts';
import { type Vec3, type Volume, type VoxelArray, voxelCount } from '../../volume/volume.ts';
import type { AxisIndex } from '../aggregation.ts';
import { isIntegerImage } from '../storedType.ts';

export const patternMethods = ['uniform', 'default', 'ror', 'var'] as const;
/** How bits become a number: see binaryPattern2d. */
export type PatternMethod = (typeof patternMethods)[number];

export interface Pattern2dOptions {
  /** Of the circle, in voxels. */
  readonly radius: number;
  /** Points on it. */
  readonly samples: number;
  readonly method: PatternMethod;
  /** The axis across the slices. */
  readonly sliceAxis: AxisIndex;
}

const round5 = (x: number): number => Math.round(x * 1e5) / 1e5;

/** Smallest number that the bits make when they are turned round. */
function smallestTurn(bits: readonly number[]): number {
  const turns = bits.map((_, by) => valueOf([...bits.slice(by), ...bits.slice(0, by)]));
  return Math.min(...turns);
}

const valueOf = (bits: readonly number[]): number => bits.reduce((sum, bit, i) => sum + bit * 2 ** i, 0);

/** How many bits are set, or one more than there are bits where they change more than twice. */
function uniformOf(bits: readonly number[]): number {
  let changes = 0;
  for (let i = 1; i < bits.length; i++) if (bits[i] !== bits[i - 1]) changes++;
  return changes <= 2 ? bits.reduce((a, b) => a + b, 0) : bits.length + 1;
}

const bitNumbers: Record<Exclude<PatternMethod, 'var'>, (bits: readonly number[]) => number> = {
  uniform: uniformOf,
  default: valueOf,
  ror: smallestTurn,
};

/** Variance of the points' values; NaN where all are equal, as scikit-image has it. */
function varianceOf(values: readonly number[]): number {
  let [sum, squares] = [0, 0];
  for (const value of values) {
    sum += value;
    squares += value * value;
  }
  return (squares - (sum * sum) / values.length) / values.length || NaN;
}

/** Rows and columns of the slices: as axes of the volume, in the order of NumPy's array with its first axis swapped. */
const inSlice: readonly (readonly [AxisIndex, AxisIndex])[] = [
  [1, 2],
  [2, 0],
  [1, 0],
];

/** Gives the value between the voxels of the slice through a voxel; 0 outside. */
function sampler({ data, shape }: Volume, [rowAxis, columnAxis]: readonly [AxisIndex, AxisIndex]) {
  const steps = [1, shape[0], shape[0] * shape[1]];
  const [rows, columns, rowStep, columnStep] = [shape[rowAxis], shape[columnAxis], steps[rowAxis]!, steps[columnAxis]!];
  return (slice: number, row: number, column: number): number => {
    const pixel = (r: number, c: number): number =>
      r < 0 || r >= rows || c < 0 || c >= columns ? 0 : data[slice + r * rowStep + c * columnStep]!;
    const [top, left, bottom, right] = [Math.floor(row), Math.floor(column), Math.ceil(row), Math.ceil(column)];
    const [down, along] = [row - top, column - left];
    const above = (1 - along) * pixel(top, left) + along * pixel(top, right);
    const below = (1 - along) * pixel(bottom, left) + along * pixel(bottom, right);
    return (1 - down) * above + down * below;
  };
}

/**
 * The patterns in the part of the image that is `box`. `uniform`: how many points are at least as bright, or
 * samples + 1 where that changes more than twice from point to point; `default`: the points as bits of a number; `ror`:
 * the smallest such number when the circle is turned; `var`: no pattern, but the variance of the points' values, in the
 * square of their unit. As in PyRadiomics the numbers are kept in the type of the image: variances of integers are cut
 * off to integers, and wrap round where they do not fit. Throws a UserError for a box outside the volume.
 */
export function binaryPattern2d(image: Volume, box: Box, options: Pattern2dOptions): Volume {
  assertBoxInside(image, box);
  const { radius, samples, method, sliceAxis } = options;
  const [rowAxis, columnAxis] = inSlice[sliceAxis]!;
  const steps = [1, image.shape[0], image.shape[0] * image.shape[1]] as unknown as Vec3;
  const angles = Array.from({ length: samples }, (_, i) => (2 * Math.PI * i) / samples);
  const points = angles.map((angle) => [round5(-radius * Math.sin(angle)), round5(radius * Math.cos(angle))] as const);
  const sample = sampler(image, [rowAxis, columnAxis]);
  const numberOf = (values: readonly number[], centre: number): number =>
    method === 'var' ? varianceOf(values) : bitNumbers[method](values.map((value) => Number(value - centre >= 0)));
  const out = new (image.data.constructor as new (n: number) => VoxelArray)(voxelCount(box.shape));
  const kept = isIntegerImage(image) ? Math.trunc : (value: number): number => value;
  let i = 0;
  for (let z = box.start[2]; z < box.start[2] + box.shape[2]; z++) {
    for (let y = box.start[1]; y < box.start[1] + box.shape[1]; y++) {
      for (let x = box.start[0]; x < box.start[0] + box.shape[0]; x++) {
        const at: Vec3 = [x, y, z];
        const slice = at[sliceAxis] * steps[sliceAxis];
        const centre = image.data[x + steps[1] * y + steps[2] * z]!;
        const values = points.map(([dr, dc]) => sample(slice, at[rowAxis] + dr, at[columnAxis] + dc));
        out[i++] = kept(numberOf(values, centre));
      }
    }
  }
  const affine = affineFrom(image.affine, box.start);
  return { data: out, shape: [...box.shape], spacingMm: image.spacingMm, affine };
}
