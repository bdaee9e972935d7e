/** t tests for means: one sample, paired, two independent samples (Student, Welch). */
import { studentP, studentQuantile } from './distributions/studentT.ts';
import { meanDifference, moments, varianceOf } from './moments.ts';
import {
  type Alternative,
  checkConfidence,
  checkPairs,
  checkSample,
  checkTwoSamples,
  differences,
  type Sample,
} from './sample.ts';

/** The alternative and the confidence of the interval. */
export interface TTestOptions {
  readonly alternative?: Alternative;
  /** Of the interval; 0.95 by default. */
  readonly confidence?: number;
}

/** t, its degrees of freedom and p, and the estimated difference with its interval. */
export interface TTest {
  readonly t: number;
  /** Degrees of freedom; fractional for Welch. */
  readonly df: number;
  readonly p: number;
  /** The mean, the mean of the differences, or mean(first) − mean(second). In the unit of the values. */
  readonly estimate: number;
  /** Confidence interval around `estimate`; one-sided, so open at one end, when the alternative is. */
  readonly interval: readonly [number, number];
}

function intervalOf(
  estimate: number,
  standardError: number,
  df: number,
  alternative: Alternative,
  confidence: number,
): [number, number] {
  if (standardError === 0)
    return [alternative === 'less' ? -Infinity : estimate, alternative === 'greater' ? Infinity : estimate];
  const reach =
    -studentQuantile(alternative === 'two-sided' ? (1 - confidence) / 2 : 1 - confidence, df) * standardError;
  return [
    alternative === 'less' ? -Infinity : estimate - reach,
    alternative === 'greater' ? Infinity : estimate + reach,
  ];
}

/** `difference` is what lies from the null hypothesis, `estimate` what the interval is around. */
function tTest(
  difference: number,
  standardError: number,
  df: number,
  options: TTestOptions,
  estimate = difference,
): TTest {
  const { alternative = 'two-sided', confidence = 0.95 } = options;
  checkConfidence(confidence);
  const t = difference / standardError;
  return {
    t,
    df,
    p: studentP(t, df, alternative),
    estimate,
    interval: intervalOf(estimate, standardError, df, alternative, confidence),
  };
}

/**
 * One-sample t test of the mean against `mean`, SciPy's `ttest_1samp`. A constant sample gives t = ±∞ and p = 0 (or 1 on the
 * other side) when it differs from `mean`, NaN when it equals it. Refuses fewer than 2 values, NaN and ±∞.
 */
export function oneSampleTTest(values: Sample, mean = 0, options: TTestOptions = {}): TTest {
  checkSample(values, 2);
  const m = moments(values);
  return tTest(m.mean - mean + m.meanRest, Math.sqrt(varianceOf(m) / m.n), m.n - 1, options, m.mean);
}

/** Paired t test of the mean difference a − b, SciPy's `ttest_rel`; constant differences as in `oneSampleTTest`. Refuses unequal lengths. */
export function pairedTTest(a: Sample, b: Sample, options: TTestOptions = {}): TTest {
  checkPairs(a, b, 2);
  return oneSampleTTest(differences(a, b), 0, options);
}

/**
 * Student's t test of two independent samples that have one variance, SciPy's `ttest_ind`. Two constant samples give t = ±∞ and
 * p = 0, or NaN where their values are equal. Refuses fewer than 2 values in a sample, NaN and ±∞.
 */
export function studentTTest(a: Sample, b: Sample, options: TTestOptions = {}): TTest {
  checkTwoSamples(a, b, 2);
  const [ma, mb] = [moments(a), moments(b)];
  const df = ma.n + mb.n - 2;
  const pooled = (ma.squares + mb.squares) / df;
  return tTest(meanDifference(ma, mb), Math.sqrt(pooled * (1 / ma.n + 1 / mb.n)), df, options);
}

/**
 * Welch's t test of two independent samples, whatever their variances: the default for means. SciPy's `ttest_ind(equal_var=False)`,
 * degrees of freedom after Welch 1947 (doi 10.1093/biomet/34.1-2.28). Two constant samples: t and p as in `studentTTest`,
 * df = 1. Refuses fewer than 2 values in a sample, NaN and ±∞.
 */
export function welchTTest(a: Sample, b: Sample, options: TTestOptions = {}): TTest {
  checkTwoSamples(a, b, 2);
  const [ma, mb] = [moments(a), moments(b)];
  const [va, vb] = [varianceOf(ma) / ma.n, varianceOf(mb) / mb.n];
  // the share of one sample in the squared standard error: its powers neither overflow nor underflow
  const share = va / (va + vb);
  const df = va + vb === 0 ? 1 : 1 / (share ** 2 / (ma.n - 1) + (1 - share) ** 2 / (mb.n - 1));
  return tTest(meanDifference(ma, mb), Math.sqrt(va + vb), df, options);
}
