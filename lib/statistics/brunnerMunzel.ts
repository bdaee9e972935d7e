/**
 * Brunner-Munzel test: the rank test of two independent samples for unequal spreads.
 *
 * With p̂ = P(first > second) + ½ P(equal) and Sᵢ the variance of the placements (how many values of the other sample
 * lie below each value): statistic = n1·n2·(½ − p̂) / √(n1·S1 + n2·S2), compared with Student's t of
 * df = (n1·S1 + n2·S2)² / ((n1·S1)²/(n1 − 1) + (n2·S2)²/(n2 − 1)). Source: Brunner & Munzel 2000,
 * doi:10.1002/(SICI)1521-4036(200001)42:1<17::AID-BIMJ17>3.0.CO;2-U.
 */
import { studentP } from './distributions/studentT.ts';
import { moments, varianceOf } from './moments.ts';
import { rank, rankTogether } from './ranks.ts';
import { type Alternative, checkAlternative, checkTwoSamples, type Sample } from './sample.ts';

/**
 * The test's statistic, degrees of freedom and p, and the probability that a value of the first group is the larger
 * one.
 */
export interface BrunnerMunzel {
  /** Positive when the second sample tends to be larger (SciPy's sign). */
  readonly statistic: number;
  readonly df: number;
  readonly p: number;
  /** Estimate of P(first > second) + ½ P(equal); ½ under the null hypothesis. */
  readonly probability: number;
}

/**
 * Is a value of the first sample as likely the larger as the smaller one, without assuming equal distributions? SciPy's
 * `brunnermunzel` with the t distribution. Source: Brunner & Munzel 2000. Wants some 10 values a sample. Where
 * no values of the samples overlap, or all are equal, the variance is 0 and df and p are NaN, as in SciPy.
 * Refuses fewer than 2 values, NaN, ±∞.
 */
export function brunnerMunzel(
  a: Sample,
  b: Sample,
  { alternative = 'two-sided' }: { readonly alternative?: Alternative } = {},
): BrunnerMunzel {
  checkTwoSamples(a, b, 2);
  checkAlternative(alternative);
  const [n1, n2] = [a.length, b.length];
  const { first, second } = rankTogether(a, b);
  /** How many values of the other sample lie below each value, and their mean and variance. */
  const placements = (values: Sample, jointRanks: Float64Array) =>
    moments(rank(values).ranks.map((r, i) => jointRanks[i]! - r));
  const [p1, p2] = [placements(a, first), placements(b, second)];
  const [v1, v2] = [n1 * varianceOf(p1), n2 * varianceOf(p2)];
  const probability = p1.mean / n2;
  const statistic = (n1 * n2 * (0.5 - probability)) / Math.sqrt(v1 + v2);
  const df = (v1 + v2) ** 2 / (v1 ** 2 / (n1 - 1) + v2 ** 2 / (n2 - 1));
  return { statistic, df, p: studentP(-statistic, df, alternative), probability };
}
