/**
 * Shapiro-Wilk test of normality: W = (Σ aᵢ x₍ᵢ₎)² / Σ (xᵢ − mean)², x₍ᵢ₎ the sorted values and aᵢ the weights that fit
 * a normal sample best, of length 1. Source: Shapiro & Wilk 1965, doi:10.1093/biomet/52.3-4.591; weights and p: Royston
 * 1995, algorithm AS R94, doi:10.2307/2986146.
 */
import { expected } from '../errors.ts';
import { normalUpperTail } from './distributions/normal.ts';
import { commonMoments } from './moments.ts';
import { checkSample, type Sample } from './sample.ts';
import { inUnit } from './scale.ts';

/** W and p; small where the sample is not normal. */
export interface ShapiroWilk {
  /** 1 for a sample that lies as normal quantiles do; smaller for others. */
  readonly w: number;
  readonly p: number;
}

/** c0 + c1·x + c2·x² + … */
const polynomial = (coefficients: readonly number[], x: number): number =>
  coefficients.reduceRight((sum, c) => sum * x + c, 0);

/**
 * Normal quantile for 0 < p < ½ to 1e-9 (Beasley & Springer 1977, algorithm AS 111, doi 10.2307/2346889). The test is
 * defined with it, and SciPy computes it so: the exact quantile changes W in the 10th digit and p in the 8th.
 */
function approximateQuantile(p: number): number {
  const q = p - 0.5;
  if (q >= -0.42) {
    const r = q * q;
    return (
      (q * polynomial([2.50662823884, -18.61500062529, 41.39119773534, -25.44106049637], r)) /
      polynomial([1, -8.4735109309, 23.08336743743, -21.06224101826, 3.13082909833], r)
    );
  }
  const r = Math.sqrt(-Math.log(p));
  return (
    -polynomial([-2.78718931138, -2.29796479134, 4.85014127135, 2.32121276858], r) /
    polynomial([1, 3.54388924762, 1.63706781897], r)
  );
}

/** Weights of the upper half, largest first: Royston's approximation of the best linear unbiased weights. */
function weights(n: number): Float64Array {
  if (n === 3) return Float64Array.of(Math.SQRT1_2);
  const m = Float64Array.from({ length: n >> 1 }, (_, i) => -approximateQuantile((i + 1 - 0.375) / (n + 0.25)));
  const norm = Math.sqrt(2 * m.reduce((sum, value) => sum + value * value, 0));
  const u = 1 / Math.sqrt(n);
  const corrected = [polynomial([m[0]! / norm, 0.221157, -0.147981, -2.07119, 4.434685, -2.706056], u)];
  if (n > 5) corrected.push(polynomial([m[1]! / norm, 0.042981, -0.293762, -1.752461, 5.682633, -3.582633], u));
  let [rest, left] = [norm * norm, 1];
  corrected.forEach((weight, i) => {
    rest -= 2 * m[i]! ** 2;
    left -= 2 * weight ** 2;
  });
  return m.map((value, i) => corrected[i] ?? value * Math.sqrt(left / rest));
}

/** P(W ≤ w) for 1 − w = `gap`. */
function pOf(gap: number, n: number): number {
  // three values: exact, with 3/4 ≤ W ≤ 1
  if (n === 3) return Math.max(0, 1 - (6 / Math.PI) * Math.asin(Math.sqrt(gap)));
  const logN = Math.log(n);
  let y = Math.log(gap);
  if (n <= 11) {
    const gamma = polynomial([-2.273, 0.459], n);
    if (y >= gamma) return 1e-99;
    y = -Math.log(gamma - y);
    return normalUpperTail(
      (y - polynomial([0.544, -0.39978, 0.025054, -6.714e-4], n)) /
        Math.exp(polynomial([1.3822, -0.77857, 0.062767, -0.0020322], n)),
    );
  }
  return normalUpperTail(
    (y - polynomial([-1.5861, -0.31082, -0.083751, 0.0038915], logN)) /
      Math.exp(polynomial([-0.4803, -0.082676, 0.0030302], logN)),
  );
}

/**
 * Shapiro-Wilk test of the null hypothesis that the values are normal, SciPy's `shapiro`. Source: Royston 1995,
 * algorithm AS R94 (doi 10.2307/2986146). A constant sample gives w = 1 and p = 1, as in SciPy: it says nothing about
 * normality. Refuses fewer than 3 values, more than 5000 (beyond the approximation), NaN and ±∞.
 */
export function shapiroWilk(values: Sample): ShapiroWilk {
  checkSample(values, 3);
  const n = values.length;
  if (n > 5000) throw expected('at most 5000 values for the Shapiro-Wilk test', `${n}`);
  const sample = { values: Float64Array.from(values), exponent: 0 };
  const { moments, exponent } = commonMoments([sample]);
  const { mean, meanRest, squares } = moments[0]!;
  if (squares === 0) return { w: 1, p: 1 };
  const sorted = inUnit(sample, exponent)
    .map((value) => value - mean - meanRest)
    .sort();
  const scale = Math.sqrt(squares);
  const half = weights(n);
  // 1 − W as a sum of squares: the distance between the sample and the line through the weights, both of length 1
  const length = Math.sqrt(2 * half.reduce((sum, weight) => sum + weight * weight, 0));
  const weightOf = (i: number): number => {
    if (i < half.length) return -half[i]! / length;
    return i >= n - half.length ? half[n - 1 - i]! / length : 0;
  };
  let product = 0;
  for (let i = 0; i < n; i++) product += weightOf(i) * (sorted[i]! / scale);
  let gap = 0;
  for (let i = 0; i < n; i++) gap += (sorted[i]! / scale - product * weightOf(i)) ** 2;
  return { w: 1 - gap, p: pOf(gap, n) };
}
