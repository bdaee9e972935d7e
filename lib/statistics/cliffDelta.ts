/**
 * Cliff's delta, the effect size of the Mann-Whitney test: δ = P(a > b) − P(a < b) over all pairs of a value of each
 * sample, from −1 to 1. With U of the first sample δ = 2U/(n1·n2) − 1, which is the rank-biserial correlation of two
 * samples. Source: Cliff 1993, doi:10.1037/0033-2909.114.3.494.
 */
import { rankTogether, sumOfRanks } from './ranks.ts';
import { checkTwoSamples, type Sample } from './sample.ts';

/** Cliff's delta, above 0 when values of `a` tend to be larger. Refuses an empty sample, NaN and ±∞. */
export function cliffDelta(a: Sample, b: Sample): number {
  checkTwoSamples(a, b, 1);
  const [n1, n2] = [a.length, b.length];
  return (2 * sumOfRanks(rankTogether(a, b).first) - n1 * (n1 + n2 + 1)) / (n1 * n2);
}
