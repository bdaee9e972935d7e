/**
 * Student's t distribution with any positive, also fractional, degrees of freedom `df`:
 * P(T > t) = ½ I_x(df/2, ½) for t ≥ 0 with x = df/(df + t²), I the incomplete beta function (DLMF 8.17).
 */
import { type Alternative, checkAlternative, checkNumber } from '../sample.ts';
import { incompleteBeta, incompleteBetaOfTiny } from '../special/incompleteBeta.ts';
import { expWithin, monotoneRoot } from '../special/root.ts';
import { normalQuantile, normalUpperTail } from './normal.ts';

/** df/(df + t²) and t²/(df + t²), each without cancellation or overflow. */
function shares(t: number, df: number): [number, number] {
  const inside = t * t <= df;
  const q = inside ? (t * t) / df : df / t / t;
  return inside ? [1 / (1 + q), q / (1 + q)] : [q / (1 + q), 1 / (1 + q)];
}

/** P(T > t). Source: DLMF 8.17; exact in far tails. NaN for df ≤ 0. Refuses what is no number. */
export function studentUpperTail(t: number, df: number): number {
  checkNumber(t, 't');
  checkNumber(df, 'the degrees of freedom');
  if (Number.isNaN(t) || !(df > 0)) return NaN;
  if (df === Infinity) return normalUpperTail(t);
  const [x, y] = shares(t, df);
  // few degrees of freedom have tails that are still heavy where df/(df + t²) is no double any more
  const both =
    x < 1e-290
      ? incompleteBetaOfTiny(df / 2, 0.5, Math.log(df) - 2 * Math.log(Math.abs(t)))
      : incompleteBeta(df / 2, 0.5, x, y);
  return t >= 0 ? 0.5 * both : 1 - 0.5 * both;
}

/** P(T ≤ t). */
export function studentCdf(t: number, df: number): number {
  checkNumber(t, 't');
  return studentUpperTail(-t, df);
}

/** P(|T| ≥ |t|), the two-sided p value. */
export function studentTwoSided(t: number, df: number): number {
  checkNumber(t, 't');
  return 2 * studentUpperTail(Math.abs(t), df);
}

/** The p value of t: `greater` is P(T ≥ t), `less` P(T ≤ t). */
export function studentP(t: number, df: number, alternative: Alternative): number {
  checkAlternative(alternative);
  if (alternative === 'two-sided') return studentTwoSided(t, df);
  return alternative === 'less' ? studentCdf(t, df) : studentUpperTail(t, df);
}

/** P(0 < T < t) for t ≥ 0. */
function fromCentre(t: number, df: number): number {
  const [x, y] = shares(t, df);
  if (x < 1e-290) return 0.5 - studentUpperTail(t, df);
  return 0.5 * incompleteBeta(0.5, df / 2, y, x);
}

/**
 * The t with P(T ≤ t) = p. 0 and 1 give −∞ and ∞, as does what lies beyond the doubles; anything outside [0, 1] or
 * df ≤ 0 gives NaN. Refuses what is no number.
 */
export function studentQuantile(p: number, df: number): number {
  checkNumber(p, 'p');
  checkNumber(df, 'the degrees of freedom');
  if (!(p >= 0 && p <= 1 && df > 0)) return NaN;
  if (p === 0 || p === 1) return p === 0 ? -Infinity : Infinity;
  if (p === 0.5) return 0;
  if (df === Infinity) return normalQuantile(p);
  if (p > 0.5) return -studentQuantile(1 - p, df);
  const error =
    p > 0.25
      ? (logT: number) => Math.log(fromCentre(Math.exp(logT), df) / (0.5 - p))
      : (logT: number) => Math.log(studentUpperTail(Math.exp(logT), df) / p);
  return -expWithin(monotoneRoot(error, Math.log(-normalQuantile(p))));
}
