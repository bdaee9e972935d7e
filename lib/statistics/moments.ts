/** Mean and sum of squares that stay exact when the values share a large offset. */
import type { Sample } from './sample.ts';

/** Number and mean of some values, with the mean's rounding, and the sum of squares about it. */
export interface Moments {
  readonly n: number;
  readonly mean: number;
  /** What rounding the mean to a double left out; only a difference of two nearly equal means needs it. */
  readonly meanRest: number;
  /** Sum of squared distances from the mean; exactly 0 for a constant sample. */
  readonly squares: number;
}

/** Sum without loss of small terms. Source: Neumaier 1974, doi 10.1002/zamm.19740540106. */
export function exactSum(values: Sample): number {
  let sum = 0;
  let lost = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    const next = sum + value;
    lost += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
    sum = next;
  }
  return sum + lost;
}

/** Two passes: the mean, then distances from it, with the mean's own rounding corrected. Empty gives NaN. */
export function moments(values: Sample): Moments {
  const n = values.length;
  const first = values[0]!;
  if (n > 0 && Array.prototype.every.call(values, (value: number) => value === first))
    return { n, mean: first, meanRest: 0, squares: 0 };
  const mean = exactSum(values) / n;
  const distances = Float64Array.from(values, (value) => value - mean);
  const meanRest = exactSum(distances) / n;
  const squares = exactSum(distances.map((d) => (d - meanRest) ** 2));
  return { n, mean, meanRest, squares };
}

/** Sample variance, divisor n − 1; NaN for fewer than two values. */
export const varianceOf = ({ n, squares }: Moments): number => (n > 1 ? squares / (n - 1) : NaN);

/** mean(a) − mean(b) with relative accuracy. */
export const meanDifference = (a: Moments, b: Moments): number => a.mean - b.mean + (a.meanRest - b.meanRest);
