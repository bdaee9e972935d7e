/**
 * The F distribution (Fisher, Snedecor) with any positive degrees of freedom of numerator and denominator:
 * P(F > f) = I_x(df2/2, df1/2) with x = 1 / (1 + df1·f/df2), I the incomplete beta function (DLMF 8.17).
 */
import { checkNumber } from '../sample.ts';
import { incompleteBeta, incompleteBetaOfTiny } from '../special/incompleteBeta.ts';
import { expWithin, monotoneRoot } from '../special/root.ts';

function checkArguments(value: number, name: string, df1: number, df2: number): void {
  checkNumber(value, name);
  checkNumber(df1, 'the degrees of freedom of the numerator');
  checkNumber(df2, 'the degrees of freedom of the denominator');
}

/**
 * P(F > f); exact in far tails. Source: DLMF 8.17. Negative f gives 1, ∞ gives 0, degrees of freedom ≤ 0 give NaN.
 * Refuses what is no number.
 */
export function fisherUpperTail(f: number, df1: number, df2: number): number {
  checkArguments(f, 'f', df1, df2);
  if (Number.isNaN(f) || !(df1 > 0 && df2 > 0)) return NaN;
  if (f <= 0) return 1;
  if (f === Infinity) return 0;
  const ratio = (df1 * f) / df2;
  const logRatio = (): number => Math.log(df1) + Math.log(f) - Math.log(df2);
  // few degrees of freedom have tails that are still heavy where these shares are no doubles any more
  if (ratio > 1e290) return incompleteBetaOfTiny(df2 / 2, df1 / 2, -logRatio());
  if (ratio < 1e-290) return 1 - incompleteBetaOfTiny(df1 / 2, df2 / 2, logRatio());
  return incompleteBeta(df2 / 2, df1 / 2, 1 / (1 + ratio), ratio / (1 + ratio));
}

/** P(F ≤ f); exact in the lower tail. Refuses what is no number. */
export function fisherCdf(f: number, df1: number, df2: number): number {
  checkArguments(f, 'f', df1, df2);
  if (f > 0) return fisherUpperTail(1 / f, df2, df1);
  return f <= 0 ? 0 : NaN;
}

/**
 * The f with P(F ≤ f) = p. 0 and 1 give 0 and ∞, as does what lies beyond the doubles, which it may with few degrees of
 * freedom; NaN for p outside [0, 1] or degrees of freedom ≤ 0. Refuses what is no number.
 */
export function fisherQuantile(p: number, df1: number, df2: number): number {
  checkArguments(p, 'p', df1, df2);
  if (!(p >= 0 && p <= 1 && df1 > 0 && df2 > 0)) return NaN;
  if (p === 0 || p === 1) return p === 0 ? 0 : Infinity;
  const error =
    p <= 0.5
      ? (logF: number) => Math.log(fisherCdf(Math.exp(logF), df1, df2) / p)
      : (logF: number) => Math.log(fisherUpperTail(Math.exp(logF), df1, df2) / (1 - p));
  return expWithin(monotoneRoot(error));
}
