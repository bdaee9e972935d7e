/** How often each whole CT number occurs: small, exact, and the same in whatever order cases are added. */
import type { WindowHu } from '../preprocess/window.ts';

/** The CT numbers that are told apart, as 12-bit scanners store them; what lies beyond counts as the end. */
export const wholeRangeHu: WindowHu = [-1024, 3071];

/** Counts of the values −1024, −1023, …, 3071. */
export type Histogram = Float64Array;

export const emptyHistogram = (): Histogram => new Float64Array(wholeRangeHu[1] - wholeRangeHu[0] + 1);

/** Adds the counts of `other` to `histogram`. */
export function addHistogram(histogram: Histogram, other: Histogram): void {
  for (let i = 0; i < histogram.length; i++) histogram[i]! += other[i]!;
}

/** The smallest value that at least this share (0 to 1) of those counted do not exceed; NaN where none was counted. */
export function percentileOf(histogram: Histogram, share: number): number {
  const total = histogram.reduce((sum, count) => sum + count, 0);
  if (total === 0) return NaN;
  let below = 0;
  for (let i = 0; i < histogram.length; i++) {
    below += histogram[i]!;
    if (below > 0 && below >= share * total) return wholeRangeHu[0] + i;
  }
  return wholeRangeHu[1];
}
