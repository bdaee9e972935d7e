/**
 * The regularised incomplete gamma functions P(a, x) = ∫₀ˣ t^(a−1) e^−t dt / Γ(a) and Q = 1 − P, from which
 * the chi-square distribution is made.
 */
import { continuedFraction } from './continuedFraction.ts';
import { devianceFactor, stirlingError } from './saddlePoint.ts';

/** x^a e^−x / Γ(a), by Loader's saddle point form. */
const gammaPower = (a: number, x: number): number =>
  Math.sqrt(a / (2 * Math.PI)) * Math.exp(-stirlingError(a)) * devianceFactor(a, x);

/** P(a, x) by its power series (DLMF 8.11.4), quick for x < a + 1. */
function lowerSeries(a: number, x: number): number {
  let term = 1 / a;
  let sum = term;
  for (let n = 1; term > sum * 1e-17; n++) sum += term *= x / (a + n);
  return gammaPower(a, x) * sum;
}

/**
 * Q(a, x) for a > 0, x ≥ 0: the probability that a gamma variable of shape a exceeds x. Its tail is exact down to
 * 1e-300: the continued fraction DLMF 8.9.2 (even part) for x ≥ a + 1. NaN for arguments outside the domain.
 */
export function upperIncompleteGamma(a: number, x: number): number {
  if (!(a > 0 && x >= 0)) return NaN;
  if (x === 0) return 1;
  if (x === Infinity) return 0;
  // with a tiny shape nearly all lies near 0, and 1 − P would lose the digits of Q
  const isTiny = a < 0.1 && x > 0.1;
  if (x < a + 1 && !isTiny) return 1 - lowerSeries(a, x);
  const numerator = (n: number): number => n * (a - n);
  const denominator = (n: number): number => x + 1 - a + 2 * n;
  return gammaPower(a, x) / continuedFraction(numerator, denominator);
}
