/** Effect sizes: how large a difference is, which no p value tells. */
import { meanDifference, moments, varianceOf } from './moments.ts';
import { rankTogether, sumOfRanks } from './ranks.ts';
import { checkPairs, checkTwoSamples, differences, type Sample } from './sample.ts';
import { stirlingError } from './special/saddlePoint.ts';
import { signedRanks } from './wilcoxon.ts';

/**
 * Cohen's d: (mean(a) − mean(b)) / pooled SD (divisor n1 + n2 − 2). Without any spread ±∞, or NaN when the means are
 * equal too. Refuses fewer than 2 values in a sample, NaN and ±∞.
 */
export function cohenD(a: Sample, b: Sample): number {
  checkTwoSamples(a, b, 2);
  const [ma, mb] = [moments(a), moments(b)];
  return meanDifference(ma, mb) / Math.sqrt((ma.squares + mb.squares) / (ma.n + mb.n - 2));
}

/** Cohen's d of paired samples (d_z): mean of a − b over its SD. Edge cases as `cohenD`. */
export function cohenDPaired(a: Sample, b: Sample): number {
  checkPairs(a, b, 2);
  const m = moments(differences(a, b));
  return (m.mean + m.meanRest) / Math.sqrt(varianceOf(m));
}

/** Γ(df/2) / (√(df/2) Γ((df − 1)/2)) for df ≥ 2, by Stirling's formula with its error term. */
function smallSampleFactor(df: number): number {
  const half = (df - 1) / 2;
  return Math.exp((half - 0.5) * Math.log1p(0.5 / half) - 0.5 + stirlingError(half + 0.5) - stirlingError(half));
}

/**
 * Hedges' g: Cohen's d times the factor that makes it unbiased, in its exact form (Hedges 1981,
 * doi 10.3102/10769986006002107), not 1 − 3/(4 df − 1), which differs by 1.3 % at n = 2 + 2. Edge cases as `cohenD`.
 */
export const hedgesG = (a: Sample, b: Sample): number => cohenD(a, b) * smallSampleFactor(a.length + b.length - 2);

/**
 * Cliff's delta: P(a > b) − P(a < b) over all pairs, from −1 to 1; the rank-biserial correlation of the Mann-Whitney
 * test (2U/(n1·n2) − 1). Source: Cliff 1993, doi 10.1037/0033-2909.114.3.494. Refuses an empty sample, NaN and ±∞.
 */
export function cliffDelta(a: Sample, b: Sample): number {
  checkTwoSamples(a, b, 1);
  const [n1, n2] = [a.length, b.length];
  return (2 * sumOfRanks(rankTogether(a, b).first) - n1 * (n1 + n2 + 1)) / (n1 * n2);
}

/**
 * Matched-pairs rank-biserial correlation, the effect size of the Wilcoxon signed-rank test:
 * (positive − negative rank sum) / their total, −1 to 1, differences of 0 dropped. Source: Kerby 2014,
 * doi 10.2466/11.IT.3.1. All differences 0: 0.
 */
export function rankBiserial(a: Sample, b: Sample): number {
  checkPairs(a, b, 1);
  const { positive, negative } = signedRanks(differences(a, b));
  return positive + negative === 0 ? 0 : (positive - negative) / (positive + negative);
}
