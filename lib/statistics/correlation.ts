/**
 * Correlation of two measurements of the same units.
 *
 * Pearson: r = Σ (x − mean(x))(y − mean(y)) / √(Σ (x − mean(x))² Σ (y − mean(y))²). Spearman: the same of the ranks.
 * Interval: tanh(atanh(r) ± z·√(c/(n − 3))), c = 1 for Pearson (Fisher 1915, doi:10.2307/2331838) and 1 + r²/2 for
 * Spearman (Bonett & Wright 2000, doi:10.1007/BF02294183).
 */
import { normalQuantile } from './distributions/normal.ts';
import { commonMoments, exactSum } from './moments.ts';
import { rank } from './ranks.ts';
import { type Alternative, checkAlternative, checkConfidence, checkPairs, type Sample } from './sample.ts';
import { inUnit } from './scale.ts';
import { incompleteBeta } from './special/incompleteBeta.ts';

/** The alternative and the confidence of the interval. */
export interface CorrelationOptions {
  readonly alternative?: Alternative;
  /** Of the two-sided interval; 0.95 by default. */
  readonly confidence?: number;
}

/** A coefficient with its p value and interval. */
export interface Correlation {
  readonly r: number;
  readonly p: number;
  readonly interval: readonly [number, number];
}

/** Distances from the mean, in a unit in which their squares are doubles, and the sum of these. */
function distancesOf(values: Sample): { distances: Float64Array; squares: number } {
  const sample = { values: Float64Array.from(values), exponent: 0 };
  const { moments, exponent } = commonMoments([sample]);
  const { mean, meanRest, squares } = moments[0]!;
  return { distances: inUnit(sample, exponent).map((value) => value - mean - meanRest), squares };
}

/** Product-moment coefficient; NaN where one side is constant. */
function coefficient(x: Sample, y: Sample): number {
  const [dx, dy] = [distancesOf(x), distancesOf(y)];
  if (dx.squares === 0 || dy.squares === 0) return NaN;
  // one root of the product makes a perfect line exactly ±1
  const r = exactSum(dx.distances.map((d, i) => d * dy.distances[i]!)) / Math.sqrt(dx.squares * dy.squares);
  return x.length === 2 ? Math.sign(r) : Math.max(-1, Math.min(1, r));
}

/**
 * Under independence r is distributed as 2·Beta(n/2 − 1, n/2 − 1) − 1 (exact for normal data; the t
 * test with n − 2 degrees of freedom).
 */
function pOf(r: number, n: number, alternative: Alternative): number {
  if (n === 2 || Number.isNaN(r)) return Number.isNaN(r) ? NaN : 1;
  const above = (value: number): number => incompleteBeta(n / 2 - 1, n / 2 - 1, (1 - value) / 2, (1 + value) / 2);
  if (alternative === 'two-sided') return Math.min(1, 2 * above(Math.abs(r)));
  return above(alternative === 'greater' ? r : -r);
}

/** Fisher's interval: r ± z·error on the scale of atanh. Fewer than 4 pairs tell nothing: [−1, 1]. */
function intervalOf(r: number, n: number, squaredFactor: number, confidence: number): [number, number] {
  if (Number.isNaN(r)) return [NaN, NaN];
  if (n < 4) return [-1, 1];
  const reach = -normalQuantile((1 - confidence) / 2) * Math.sqrt(squaredFactor / (n - 3));
  return [Math.tanh(Math.atanh(r) - reach), Math.tanh(Math.atanh(r) + reach)];
}

/**
 * Pearson correlation, SciPy's `pearsonr`; interval by Fisher's z (1915). Two pairs give ±1 with p = 1, a constant side
 * NaN. Refuses unequal lengths, fewer than 2 pairs, NaN and ±∞.
 */
export function pearson(
  x: Sample,
  y: Sample,
  { alternative = 'two-sided', confidence = 0.95 }: CorrelationOptions = {},
): Correlation {
  checkPairs(x, y, 2);
  checkConfidence(confidence);
  checkAlternative(alternative);
  const r = coefficient(x, y);
  return { r, p: pOf(r, x.length, alternative), interval: intervalOf(r, x.length, 1, confidence) };
}

/**
 * Spearman rank correlation, SciPy's `spearmanr`; interval with the error of Bonett & Wright 2000
 * (doi 10.1007/BF02294183). p is the t approximation. Edge cases as `pearson`, but p is NaN for two pairs.
 */
export function spearman(
  x: Sample,
  y: Sample,
  { alternative = 'two-sided', confidence = 0.95 }: CorrelationOptions = {},
): Correlation {
  checkPairs(x, y, 2);
  checkConfidence(confidence);
  checkAlternative(alternative);
  const r = coefficient(rank(x).ranks, rank(y).ranks);
  return {
    r,
    p: x.length === 2 ? NaN : pOf(r, x.length, alternative),
    interval: intervalOf(r, x.length, 1 + r ** 2 / 2, confidence),
  };
}
