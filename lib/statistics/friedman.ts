/**
 * Friedman test: do several methods, scored on the same cases, differ?
 *
 * χ² = 12 Σⱼ (Rⱼ − n(k + 1)/2)² / (n k (k + 1) − T/(k − 1)), Rⱼ the rank sum of method j of k over n cases and
 * T the sum of t³ − t over ties within the cases; df = k − 1. Kendall's W = χ²/(n(k − 1)). Source: Friedman
 * 1937, doi:10.1080/01621459.1937.10503522.
 */
import { expected } from '../errors.ts';
import { chiSquareUpperTail } from './distributions/chiSquare.ts';
import { rank } from './ranks.ts';
import { checkList, checkSample, type Sample } from './sample.ts';

/** The test's statistic, the mean rank of each method, and Kendall's W, their agreement over the cases. */
export interface Friedman {
  /** Friedman's chi-square, corrected for ties. */
  readonly chiSquare: number;
  readonly df: number;
  readonly p: number;
  /** Mean rank of each method over the cases; 1 is the smallest value. */
  readonly meanRanks: readonly number[];
  /** Kendall's W, 0 (no agreement of the cases on the order of the methods) to 1. */
  readonly kendallW: number;
}

/**
 * Friedman test over methods, `methods[j][i]` = score of method j on case i. SciPy's `friedmanchisquare`; p from the
 * chi-square approximation, which wants more than 10 cases or more than 6 methods. All methods equal on every case:
 * NaN. Refuses fewer than 3 methods, unequal lengths, no cases, NaN and ±∞.
 */
export function friedman(methods: readonly Sample[]): Friedman {
  checkList(methods, 'the methods', 'samples');
  const k = methods.length;
  if (k < 3) throw expected('at least 3 methods for the Friedman test', `${k}`);
  for (let j = 0; j < k; j++) {
    checkList(methods[j]!, `method ${j + 1}`);
    if (methods[j]!.length !== methods[0]!.length)
      throw expected(`${methods[0]!.length} cases for method ${j + 1}, as for the first`, `${methods[j]!.length}`);
    checkSample(methods[j]!, 1, `method ${j + 1}`);
  }
  const n = methods[0]!.length;
  const sums = new Float64Array(k);
  let ties = 0;
  for (let i = 0; i < n; i++) {
    const { ranks, tieTerm } = rank(methods.map((values) => values[i]!));
    for (let j = 0; j < k; j++) sums[j]! += ranks[j]!;
    ties += tieTerm;
  }
  const spread = sums.reduce((sum, s) => sum + (s - (n * (k + 1)) / 2) ** 2, 0);
  const chiSquare = (12 * spread) / (n * k * (k + 1) - ties / (k - 1));
  return {
    chiSquare,
    df: k - 1,
    p: chiSquareUpperTail(chiSquare, k - 1),
    meanRanks: Array.from(sums, (s) => s / n),
    kendallW: chiSquare / (n * (k - 1)),
  };
}
