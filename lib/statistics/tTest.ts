/**
 * t tests for means: one sample, paired, and two independent samples of one variance (Student 1908). For two samples
 * whatever their variances see welch.ts, the default.
 *
 * One sample: t = (mean(x) − μ) / (SD(x)/√n), df = n − 1; paired: the same of the differences a − b.
 * Two samples: t = (mean(a) − mean(b)) / (s·√(1/n1 + 1/n2)), s² the pooled variance, df = n1 + n2 − 2.
 */

import { expected } from '../errors.ts';
import { commonMoments, meanDifference, momentsOfTwo, varianceOf } from './moments.ts';
import { checkPairs, checkSample, checkTwoSamples, type Sample, shownArgument } from './sample.ts';
import { differences, timesPower } from './scale.ts';
import { type TTest, type TTestOptions, tTestOf } from './tStatistic.ts';

function testOfMean(sample: { values: Sample; exponent: number }, mean: number, options: TTestOptions): TTest {
  const { moments, exponent } = commonMoments([sample]);
  const m = moments[0]!;
  const difference = m.mean - timesPower(mean, -exponent) + m.meanRest;
  const standardError = Math.sqrt(varianceOf(m) / m.n);
  return tTestOf({ estimate: m.mean, difference, standardError, df: m.n - 1, exponent }, options);
}

/**
 * One-sample t test of the mean against `mean`, SciPy's `ttest_1samp`. A constant sample gives t = ±∞ and p = 0 (or 1
 * on the other side) when it differs from `mean`, NaN when it equals it. Refuses fewer than 2 values, NaN and ±∞.
 */
export function oneSampleTTest(values: Sample, mean = 0, options: TTestOptions = {}): TTest {
  checkSample(values, 2);
  if (!Number.isFinite(mean))
    throw expected('a finite number for the mean of the null hypothesis', shownArgument(mean));
  return testOfMean({ values, exponent: 0 }, mean, options);
}

/**
 * Paired t test of the mean difference a − b, SciPy's `ttest_rel`; constant differences as in `oneSampleTTest`. Refuses
 * unequal lengths.
 */
export function pairedTTest(a: Sample, b: Sample, options: TTestOptions = {}): TTest {
  checkPairs(a, b, 2);
  return testOfMean(differences(a, b), 0, options);
}

/**
 * Student's t test of two independent samples that have one variance, SciPy's `ttest_ind`. Two constant samples give
 * t = ±∞ and p = 0, or NaN where their values are equal. Refuses fewer than 2 values in a sample, NaN and ±∞.
 */
export function studentTTest(a: Sample, b: Sample, options: TTestOptions = {}): TTest {
  checkTwoSamples(a, b, 2);
  const {
    moments: [ma, mb],
    exponent,
  } = momentsOfTwo(a, b);
  const df = ma.n + mb.n - 2;
  const pooled = (ma.squares + mb.squares) / df;
  const difference = meanDifference(ma, mb);
  return tTestOf(
    { estimate: difference, difference, standardError: Math.sqrt(pooled * (1 / ma.n + 1 / mb.n)), df, exponent },
    options,
  );
}
