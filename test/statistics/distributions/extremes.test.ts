/** Distributions where their arguments, or what is made of them, leave the doubles; values by `extremes.py`. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chiSquareUpperTail } from '../../../lib/statistics/distributions/chiSquare.ts';
import { fisherCdf, fisherQuantile, fisherUpperTail } from '../../../lib/statistics/distributions/fisherF.ts';
import { normalQuantile, normalUpperTail } from '../../../lib/statistics/distributions/normal.ts';
import { studentCdf, studentQuantile, studentUpperTail } from '../../../lib/statistics/distributions/studentT.ts';

const rows = JSON.parse(readFileSync(new URL('extremes.json', import.meta.url), 'utf8')) as [string, ...number[]][];
const functions = { studentUpperTail, fisherUpperTail, chiSquareUpperTail, normalUpperTail };

describe.each(Object.entries(functions))('%s', (name, probability) => {
  it('equals mpmath with 40 digits to 1e-12, down to the smallest double', () => {
    const own = rows.filter(([wanted]) => wanted === name);
    expect(own.length).toBeGreaterThan(9);
    for (const [, ...numbers] of own) {
      const wanted = numbers.pop()!;
      const found = (probability as (...x: number[]) => number)(...numbers);
      // below 1e-300 doubles lose digits
      const deviation = Math.abs(found - wanted) / Math.max(wanted, 1e-300);
      expect(deviation, `${found} instead of ${wanted} at ${numbers}`).toBeLessThan(1e-12);
    }
  });
});

/** Numbers of all sizes, evenly by their logarithm. */
const sized = (low: number, high: number) =>
  fc.double({ min: Math.log(low), max: Math.log(high), noNaN: true }).map(Math.exp);
const df = sized(1e-3, 1e9);
const value = sized(1e-300, 1e300);
const isProbability = (p: number): boolean => p >= 0 && p <= 1;

describe('probabilities of any numbers', () => {
  it('lie from 0 to 1 and never rise with the value, for 0.001 to 1e9 degrees of freedom', () => {
    fc.assert(
      fc.property(value, value, df, df, (x, y, df1, df2) => {
        const [low, high] = [Math.min(x, y), Math.max(x, y)];
        for (const tail of [
          (v: number) => studentUpperTail(v, df1),
          (v: number) => fisherUpperTail(v, df1, df2),
          (v: number) => chiSquareUpperTail(v, df1),
          normalUpperTail,
        ]) {
          expect(isProbability(tail(low)) && isProbability(tail(high))).toBe(true);
          expect(tail(high)).toBeLessThanOrEqual(tail(low) * (1 + 1e-12));
        }
      }),
    );
  });

  it('are reached by their quantiles, or these are 0 or ∞', () => {
    const share = sized(1e-300, 0.5);
    fc.assert(
      fc.property(share, df, df, (p, df1, df2) => {
        const t = studentQuantile(p, df1);
        expect(t).toBeLessThanOrEqual(0);
        if (t > -1e300) expect(Math.abs(studentCdf(t, df1) / p - 1)).toBeLessThan(1e-9);
        else expect(studentCdf(-1e300, df1)).toBeGreaterThan(p * (1 - 1e-9));
        const f = fisherQuantile(p, df1, df2);
        expect(f).toBeGreaterThanOrEqual(0);
        if (f > 1e-300 && f < 1e300) expect(Math.abs(fisherCdf(f, df1, df2) / p - 1)).toBeLessThan(1e-6);
        expect(normalQuantile(p)).toBeLessThanOrEqual(0);
      }),
      { numRuns: 60 },
    );
  });

  it('with few degrees of freedom stay heavy where t² is no double', () => {
    // P(T > t) ≈ ½ (√df/t)^df for few degrees of freedom: ½ · 10^(−0.3015), less than 1 in 1000 from the exact value
    expect(Math.abs(studentUpperTail(1e300, 1e-3) / (0.5 * 10 ** -0.3015) - 1)).toBeLessThan(1e-3);
    expect([studentUpperTail(Infinity, 1e-3), studentQuantile(0.25, 1e-4), fisherQuantile(0.5, 3, 1e-5)]).toEqual([
      0,
      -Infinity,
      Infinity,
    ]);
  });
});
