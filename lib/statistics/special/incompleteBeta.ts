/**
 * The regularised incomplete beta function I_x(a, b) = ∫₀ˣ t^(a−1) (1 − t)^(b−1) dt / B(a, b), from which the Student
 * t, F and binomial distributions are made.
 */
import { continuedFraction } from './continuedFraction.ts';
import { devianceFactor, stirlingError } from './saddlePoint.ts';

/** m^a (1 − m)^b / B(a, b) at the mean m = a/(a + b), by Loader's saddle point form. */
const powerAtMean = (a: number, b: number): number =>
  Math.sqrt((a / (a + b)) * (b / (2 * Math.PI))) * Math.exp(stirlingError(a + b) - stirlingError(a) - stirlingError(b));

/** x^a (1 − x)^b / B(a, b). */
function betaPower(a: number, b: number, x: number, y: number): number {
  const n = a + b;
  return powerAtMean(a, b) * devianceFactor(a, n * x) * devianceFactor(b, n * y);
}

/**
 * I_x(a, b) = x^a / (a B(a, b)) for an x so small that no further term of its series (DLMF 8.17.7) counts: below 1e-290
 * for b up to 1e270. Given as its logarithm, because it may be smaller than any double and its power a still be large.
 */
export function incompleteBetaOfTiny(a: number, b: number, logX: number): number {
  const n = a + b;
  const logRest = a < b ? Math.log1p(-a / n) : Math.log(b / n);
  return (powerAtMean(a, b) / a) * Math.exp(a * (logX - Math.log(a / n)) - b * logRest);
}

/**
 * The continued fraction of DiDonato & Morris 1992 (ACM TOMS 708,
 * doi 10.1145/131766.131776, eq. 9); quick for x below the mean.
 */
function lowerTail(a: number, b: number, x: number, y: number): number {
  const excess = a * y - b * x + 1;
  const numerator = (m: number): number => ((a + m - 1) * (a + b + m - 1) * m * (b - m) * x * x) / (a + 2 * m - 1) ** 2;
  const denominator = (m: number): number =>
    m + (m === 0 ? 0 : (m * (b - m) * x) / (a + 2 * m - 1)) + ((a + m) * (excess + m * (1 + y))) / (a + 2 * m + 1);
  return betaPower(a, b, x, y) / continuedFraction(numerator, denominator);
}

/**
 * I_x(a, b) for a, b > 0 and 0 ≤ x ≤ 1, the probability that a beta variable is at most x.
 * `y` is 1 − x: give it where it is known more exactly. The complement, exact in its own
 * tail, is `incompleteBeta(b, a, y, x)`. Relative error about 1e-14, in far tails |log
 * I|·2e-16. NaN for arguments outside the domain.
 */
export function incompleteBeta(a: number, b: number, x: number, y = 1 - x): number {
  if (!(a > 0 && b > 0 && x >= 0 && y >= 0)) return NaN;
  if (x === 0) return 0;
  if (y === 0) return 1;
  // the mean plus a little: below it the fraction is quick, above it the complement's
  // is, and 1 − complement loses nothing
  return x <= (a + 1) / (a + b + 2) ? lowerTail(a, b, x, y) : 1 - lowerTail(b, a, y, x);
}
