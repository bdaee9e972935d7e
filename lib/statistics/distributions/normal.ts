/** The standard normal distribution: density φ(z) = e^(−z²/2) / √(2π), Φ(z) = P(Z ≤ z) its integral from −∞ to z. */
import { checkNumber } from '../sample.ts';
import { continuedFraction } from '../special/continuedFraction.ts';

/**
 * Density at z; the square is split (Cody 1969, doi 10.1090/S0025-5718-1969-0247736-4) so that its
 * rounding does not show in far tails.
 */
export function normalDensity(z: number): number {
  checkNumber(z, 'z');
  const size = Math.abs(z);
  if (!(size < 40)) return Number.isNaN(z) ? NaN : 0;
  const coarse = Math.trunc(size * 16) / 16;
  const rest = (size - coarse) * (size + coarse);
  return (Math.exp(-0.5 * coarse * coarse) * Math.exp(-0.5 * rest)) / Math.sqrt(2 * Math.PI);
}

/** P(0 < Z < z), exact to the last digits also for tiny z. Source: Marsaglia 2004, doi 10.18637/jss.v011.i04. */
function fromCentre(z: number): number {
  let [sum, term] = [z, z];
  for (let odd = 3; Math.abs(term) > Math.abs(sum) * 1e-17; odd += 2) sum += term *= (z * z) / odd;
  return sum * normalDensity(z);
}

/**
 * P(Z > z), exact to the last digits down to the smallest double (z ≈ 38). Source for
 * z > 1.25: Laplace's fraction, DLMF 7.9.2.
 */
export function normalUpperTail(z: number): number {
  checkNumber(z, 'z');
  if (z < -1.25) return 1 - normalUpperTail(-z);
  if (z <= 1.25) return 0.5 - fromCentre(z);
  if (!(z < 40)) return Number.isNaN(z) ? NaN : 0;
  const [numerator, denominator] = [(n: number): number => n, (): number => z];
  return normalDensity(z) / continuedFraction(numerator, denominator);
}

/** P(Z ≤ z); exact also in the lower tail. */
export function normalCdf(z: number): number {
  checkNumber(z, 'z');
  return normalUpperTail(-z);
}

/**
 * The z that a standard normal variable exceeds with probability p, 0 < p ≤ ½: a rough start (Abramowitz
 * & Stegun 26.2.23), then Halley steps.
 */
function upperQuantile(p: number): number {
  const s = Math.sqrt(-2 * Math.log(p));
  let z = s - (2.515517 + s * (0.802853 + s * 0.010328)) / (1 + s * (1.432788 + s * (0.189269 + s * 0.001308)));
  for (let i = 0; i < 4; i++) {
    const error = (p > 0.2 ? 0.5 - p - fromCentre(z) : normalUpperTail(z) - p) / normalDensity(z);
    z += error / (1 - 0.5 * z * error);
  }
  return z;
}

/**
 * The z with P(Z ≤ z) = p. 0 and 1 give −∞ and ∞, anything outside [0, 1] NaN. For upper tails
 * below 1e-16 use `-normalQuantile(tail)`.
 */
export function normalQuantile(p: number): number {
  checkNumber(p, 'p');
  if (!(p >= 0 && p <= 1)) return NaN;
  if (p === 0 || p === 1) return p === 0 ? -Infinity : Infinity;
  return p <= 0.5 ? -upperQuantile(p) : upperQuantile(1 - p);
}
