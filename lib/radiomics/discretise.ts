/**
 * Discretisation: from grey values to grey levels 1, 2, 3, … .
 *
 * Two rules exist for a fixed bin width w. IBSI counts bins from the smallest value of the ROI (or from the lower end
 * of the resegmentation range): level = floor((x − min) / w) + 1. PyRadiomics counts from the multiple of w at or below
 * the smallest value, so that equal values get equal bins in all patients. For a fixed number of bins n both divide
 * [min, max] into n equal bins of which the last holds its upper end. Source: IBSI reference manual 2.7
 * (arXiv:1612.07003); numpy.arange and numpy.digitize as PyRadiomics 3.0.1 uses them.
 */
import { expected } from '../errors.ts';
import type { Roi } from './roi.ts';

export const binRules = ['pyradiomics', 'ibsi'] as const;
export type BinRule = (typeof binRules)[number];

/** How to discretise: by `binCount` bins where that is given, else by bins of `binWidth`, in the unit of the image. */
export interface Binning {
  readonly binWidth: number;
  readonly binCount: number | null;
  readonly binRule: BinRule;
  /** Where bin 1 begins under the IBSI rule for bin widths; the smallest value when null. */
  readonly binOrigin: number | null;
}

/** The ROI's box in grey levels. */
export interface LevelGrid {
  readonly roi: Roi;
  /** Level of each voxel of the box, x fastest; 0 outside the ROI. */
  readonly levels: Uint16Array;
  /** Highest level that occurs. */
  readonly levelCount: number;
}

/** A co-occurrence matrix has this many rows and columns at most (128 MiB). */
export const mostLevels = 4096;

interface Range {
  readonly min: number;
  readonly max: number;
}

function rangeOf(values: ArrayLike<number>): Range {
  let [min, max] = [Infinity, -Infinity];
  for (let k = 0; k < values.length; k++) {
    const value = values[k]!;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return { min, max };
}

/** Whether no value is NaN or infinite; a loop, since a region may have ten million. */
export function areFinite(values: Float64Array): boolean {
  for (let k = 0; k < values.length; k++) if (values[k]! - values[k]! !== 0) return false;
  return true;
}

const exactly = (edge: number): number => edge;

/**
 * Number of the bin, from 0, whose edges low + i·step enclose the value (upper edge excluded),
 * whatever the rounding of the division. `rounded` is what rounds the edges.
 */
function binOf(value: number, low: number, step: number, rounded = exactly): number {
  let bin = Math.floor((value - low) / step);
  if (rounded(low + bin * step) > value) bin--;
  else if (rounded(low + (bin + 1) * step) <= value) bin++;
  return bin;
}

/** NumPy's modulo: the sign of the divisor. Just below a multiple it may round to the divisor itself. */
function modulo(a: number, b: number): number {
  const remainder = a % b;
  return remainder < 0 ? remainder + b : remainder;
}

/** Levels are 32-bit integers. */
const mostBins = 2 ** 31 - 2;

function byWidth(values: Float64Array, { min: low, max }: Range, width: number): Int32Array {
  const levels = new Int32Array(values.length);
  const step = low + width - low;
  if (!((max - low) / step < mostBins))
    throw expected(`at most ${mostBins} bins`, `a binWidth of ${width} for values from ${low} to ${max}`);
  for (let k = 0; k < values.length; k++) levels[k] = binOf(values[k]!, low, step) + 1;
  return levels;
}

function byCount(values: Float64Array, { min, max }: Range, count: number, rounded = exactly): Int32Array {
  const levels = new Int32Array(values.length);
  // As numpy.histogram: a flat region is put into the middle of a range of width 1.
  const [low, high] = min === max ? [min - 0.5, max + 0.5] : [min, max];
  const step = (high - low) / count;
  for (let k = 0; k < values.length; k++) levels[k] = Math.min(binOf(values[k]!, low, step, rounded), count - 1) + 1;
  return levels;
}

/**
 * Grey levels (from 1) of the values of a ROI. A flat region has one level, which is 1 but for a bin count under the
 * PyRadiomics rule, where it is the middle one. No values give none.
 * `isSingle`: the values come from an image in single precision, in which NumPy then keeps the edges of a bin count.
 * Throws a UserError when a value is not finite or lies below `binOrigin`, or bins are too many to be counted.
 */
export function discretise(
  values: Float64Array,
  { binWidth, binCount, binRule, binOrigin }: Binning,
  isSingle = false,
): Int32Array {
  const range = rangeOf(values);
  if (!areFinite(values)) throw expected('finite grey values in the ROI', 'NaN or infinite ones');
  if (binCount !== null) {
    const isFlat = range.min === range.max;
    if (binRule === 'ibsi' && isFlat) return new Int32Array(values.length).fill(1);
    return byCount(values, range, binCount, isSingle && binRule === 'pyradiomics' ? Math.fround : exactly);
  }
  const from = (min: number): Int32Array => byWidth(values, { min, max: range.max }, binWidth);
  if (binRule === 'pyradiomics') return from(range.min - modulo(range.min, binWidth));
  const origin = binOrigin ?? range.min;
  if (range.min < origin) throw expected(`grey values of binOrigin, ${origin}, or more`, String(range.min));
  return from(origin);
}

/** Puts the levels of a ROI's voxels into its box. Throws a UserError when there are more than 4096 levels. */
export function levelGrid(roi: Roi, levelOf: Int32Array): LevelGrid {
  const levelCount = rangeOf(levelOf).max;
  if (levelCount > mostLevels)
    throw expected(
      `at most ${mostLevels} grey levels, of which a co-occurrence matrix has a row and a column each`,
      `${levelCount}: choose a larger binWidth`,
    );
  const levels = new Uint16Array(roi.shape[0] * roi.shape[1] * roi.shape[2]);
  for (let k = 0; k < levelOf.length; k++) levels[roi.voxels[k]!] = levelOf[k]!;
  return { roi, levels, levelCount };
}
