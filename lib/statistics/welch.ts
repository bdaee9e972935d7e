/**
 * Welch's t test of two independent samples, whatever their variances: the default for means.
 *
 * t = (mean(a) − mean(b)) / √(va + vb) with va = var(a)/n1, vb = var(b)/n2;
 * df = (va + vb)² / (va²/(n1 − 1) + vb²/(n2 − 1)). Source: Welch 1947, doi:10.1093/biomet/34.1-2.28.
 */
import { meanDifference, momentsOfTwo, varianceOf } from './moments.ts';
import { checkTwoSamples, type Sample } from './sample.ts';
import { type TTest, type TTestOptions, tTestOf } from './tStatistic.ts';

/**
 * Welch's t test, SciPy's `ttest_ind(equal_var=False)`. Two constant samples: t = ±∞ and p = 0, or NaN where their
 * values are equal, with df = 1. Refuses fewer than 2 values in a sample, NaN and ±∞.
 */
export function welchTTest(a: Sample, b: Sample, options: TTestOptions = {}): TTest {
  checkTwoSamples(a, b, 2);
  const {
    moments: [ma, mb],
    exponent,
  } = momentsOfTwo(a, b);
  const [va, vb] = [varianceOf(ma) / ma.n, varianceOf(mb) / mb.n];
  // the share of one sample in the squared standard error: its powers neither overflow nor underflow
  const share = va / (va + vb);
  const df = va + vb === 0 ? 1 : 1 / (share ** 2 / (ma.n - 1) + (1 - share) ** 2 / (mb.n - 1));
  const difference = meanDifference(ma, mb);
  const standardError = Math.sqrt(va + vb); // t = difference / standardError, divided in tTestOf (tStatistic.ts)
  return tTestOf({ estimate: difference, difference, standardError, df, exponent }, options);
}
