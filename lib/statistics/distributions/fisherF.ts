/**
 * The F distribution (Fisher, Snedecor) with any positive degrees of freedom of numerator and denominator:
 * P(F > f) = I_x(df2/2, df1/2) with x = 1 / (1 + df1·f/df2), I the incomplete beta function (DLMF 8.17).
 */
import { incompleteBeta } from '../special/incompleteBeta.ts';
import { monotoneRoot } from '../special/root.ts';

/** P(F > f); exact in far tails. Source: DLMF 8.17. Negative f gives 1, ∞ gives 0, degrees of freedom ≤ 0 give NaN. */
export function fisherUpperTail(f: number, df1: number, df2: number): number {
  if (Number.isNaN(f) || !(df1 > 0 && df2 > 0)) return NaN;
  if (f <= 0) return 1;
  if (f === Infinity) return 0;
  const ratio = (df1 * f) / df2;
  return incompleteBeta(df2 / 2, df1 / 2, 1 / (1 + ratio), ratio / (1 + ratio));
}

/** P(F ≤ f); exact in the lower tail. */
export function fisherCdf(f: number, df1: number, df2: number): number {
  if (f > 0) return fisherUpperTail(1 / f, df2, df1);
  return f <= 0 ? 0 : NaN;
}

/** The f with P(F ≤ f) = p. 0 and 1 give 0 and ∞; NaN for p outside [0, 1] or degrees of freedom ≤ 0. */
export function fisherQuantile(p: number, df1: number, df2: number): number {
  if (!(p >= 0 && p <= 1 && df1 > 0 && df2 > 0)) return NaN;
  if (p === 0 || p === 1) return p === 0 ? 0 : Infinity;
  const error =
    p <= 0.5
      ? (logF: number) => Math.log(fisherCdf(Math.exp(logF), df1, df2) / p)
      : (logF: number) => Math.log(fisherUpperTail(Math.exp(logF), df1, df2) / (1 - p));
  const logF = monotoneRoot(error);
  // with tiny degrees of freedom it lies outside the doubles, and so does what the tail is computed from
  if (Math.abs(logF) < 680) return Math.exp(logF);
  return p <= 0.5 ? 0 : Infinity;
}
