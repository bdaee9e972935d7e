/** The chi-square distribution: P(X > x) = Q(df/2, x/2), Q the upper incomplete gamma function (DLMF 8.2). */
import { checkNumber } from '../sample.ts';
import { upperIncompleteGamma } from '../special/incompleteGamma.ts';

/**
 * P(X > x) for df > 0 degrees of freedom; exact in far tails. Negative x gives 1, NaN gives NaN. Refuses what is no
 * number.
 */
export function chiSquareUpperTail(x: number, df: number): number {
  checkNumber(x, 'x');
  checkNumber(df, 'the degrees of freedom');
  return upperIncompleteGamma(df / 2, x < 0 ? 0 : x / 2);
}
