/** Statistics of voxel values. */
import { expected } from '../errors.ts';
import { sliceZ, type Volume, type VoxelArray } from './volume.ts';

/** Number, range, mean and SD of values, and how many are no numbers. */
export interface ValueSummary {
  readonly count: number;
  readonly nan: number;
  readonly infinite: number;
  /** Over all values, as NumPy: one NaN makes all five NaN; an empty array has NaN, and sum 0. */
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  /** Population standard deviation (divided by the count), as NumPy's default. */
  readonly std: number;
  readonly sum: number;
}

/** Sums of pieces of this length are added up, which keeps the rounding error of long sums small. */
const pieceLength = 4096;

function sumOf(data: VoxelArray, centre: number, squared: boolean): number {
  let total = 0;
  for (let start = 0; start < data.length; start += pieceLength) {
    const end = Math.min(start + pieceLength, data.length);
    let piece = 0;
    if (squared) for (let i = start; i < end; i++) piece += (data[i]! - centre) ** 2;
    else for (let i = start; i < end; i++) piece += data[i]!;
    total += piece;
  }
  return total;
}

/** Two passes in double precision: the mean first, then the deviations from it. */
export function summariseValues(data: VoxelArray): ValueSummary {
  let [nan, infinite, min, max] = [0, 0, Infinity, -Infinity];
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!;
    if (value < min) min = value;
    if (value > max) max = value;
    if (value - value !== 0) Number.isNaN(value) ? nan++ : infinite++;
  }
  if (nan > 0 || data.length === 0) min = max = NaN;
  const sum = sumOf(data, 0, false);
  const mean = sum / data.length;
  const std = Math.sqrt(sumOf(data, mean, true) / data.length);
  return { count: data.length, nan, infinite, min, max, mean, std, sum };
}

/** No mask has more labels; a map of all values of a large image would outgrow what Node can hold. */
const mostValues = 2 ** 16;

/**
 * Stored value → count, in rising order; neighbours are mostly equal, so runs are counted, not voxels. Behind 65,536
 * different values further ones are left out.
 */
export function countValues(data: VoxelArray): Map<number, number> {
  const counts = new Map<number, number>();
  for (let i = 0; i < data.length; ) {
    const value = data[i]!;
    const start = i++;
    while (i < data.length && data[i] === value) i++;
    const before = counts.get(value);
    if (before !== undefined || counts.size < mostValues) counts.set(value, (before ?? 0) + i - start);
  }
  return new Map([...counts].sort(([a], [b]) => a - b));
}

/** A copy without NaN and infinities. */
export function finiteValues(data: VoxelArray): Float64Array {
  return Float64Array.from(data as Iterable<number>).filter((value) => Number.isFinite(value));
}

/** The slice with the most labelled voxels, the first of equals; the middle one where nothing is labelled. */
export function fullestSlice(label: Volume): number {
  let [best, most] = [label.shape[2] >> 1, 0];
  for (let z = 0; z < label.shape[2]; z++) {
    let count = 0;
    for (const value of sliceZ(label, z)) if (value > 0) count++;
    if (count > most) [best, most] = [z, count];
  }
  return best;
}

/**
 * True when every byte is 0. Compares memory with itself one byte further on, far quicker than a loop; most label
 * slices are empty.
 */
export function isAllZero({ buffer, byteOffset, byteLength }: VoxelArray): boolean {
  const bytes = Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);
  return byteLength === 0 || (bytes[0] === 0 && bytes.subarray(1).equals(bytes.subarray(0, -1)));
}

/** 1 where the data has the value, else 0. */
export function maskOfValue(data: ArrayLike<number>, value: number): Uint8Array {
  const mask = new Uint8Array(data.length);
  for (let i = 0; i < mask.length; i++) mask[i] = data[i] === value ? 1 : 0;
  return mask;
}

/** Rows in reverse order; (H, W). */
export function flipRows<T extends Float32Array | Uint8Array>(plane: T, width: number): T {
  const out = plane.slice() as T;
  for (let from = 0, to = plane.length - width; to >= 0; from += width, to -= width)
    out.set(plane.subarray(from, from + width), to);
  return out;
}

/** Throws a UserError for values that are no labels: below 0, fractions and NaN, as of a CT in the place of a mask. */
export function assertLabelValues(data: ArrayLike<number>, file: string): void {
  for (let i = 0; i < data.length; i++)
    if (!(Number.isInteger(data[i]) && data[i]! >= 0))
      throw expected('a mask of labels 0 or more', `${data[i]} (image and mask may be swapped)`, file);
}

/** The lowest and highest of numbers of any count: a call takes only some hundred thousand. None: ∞ and −∞. */
export function rangeOf(numbers: readonly number[]): readonly [low: number, high: number] {
  let [low, high] = [Infinity, -Infinity];
  for (const value of numbers) [low, high] = [Math.min(low, value), Math.max(high, value)];
  return [low, high];
}
