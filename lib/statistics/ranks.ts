/** Ranks with ties, for all rank tests. */
import { checkSample, type Sample } from './sample.ts';

/** Ranks from 1, ties sharing their mean, and Σ (t³ − t) over the groups of ties. */
export interface Ranks {
  /** From 1 (smallest); equal values share the mean of their ranks. In input order. */
  readonly ranks: Float64Array;
  /** Sum of t³ − t over the groups of t equal values; 0 without ties. */
  readonly tieTerm: number;
}

/**
 * Ranks of the values, mean ranks for ties (SciPy's `rankdata(method='average')`). Empty gives no ranks. Refuses NaN.
 */
export function rank(values: Sample): Ranks {
  checkSample(values, 0);
  const n = values.length;
  const order = Uint32Array.from({ length: n }, (_, i) => i).sort((i, j) => values[i]! - values[j]!);
  const ranks = new Float64Array(n);
  let tieTerm = 0;
  for (let start = 0, end = 0; start < n; start = end) {
    while (end < n && values[order[end]!] === values[order[start]!]) end++;
    for (let k = start; k < end; k++) ranks[order[k]!] = (start + 1 + end) / 2;
    tieTerm += (end - start) ** 3 - (end - start);
  }
  return { ranks, tieTerm };
}

/** Ranks of two samples among all their values, apart again. */
export function rankTogether(a: Sample, b: Sample): { first: Float64Array; second: Float64Array; tieTerm: number } {
  const { ranks, tieTerm } = rank([...Array.from(a), ...Array.from(b)]);
  return { first: ranks.subarray(0, a.length), second: ranks.subarray(a.length), tieTerm };
}

/** The sum of some ranks; 0 of none. */
export const sumOfRanks = (ranks: Float64Array): number => ranks.reduce((sum, r) => sum + r, 0);
