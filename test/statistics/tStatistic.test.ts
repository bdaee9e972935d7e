/** The t test of what was measured, by the closed forms of its distribution for 1 and 2 degrees of freedom. */
import { describe, expect, it } from 'vitest';
import { tTestOf } from '../../lib/statistics/tStatistic.ts';

describe('tTestOf', () => {
  it('divides the difference by its standard error; p and interval by hand for 1 degree of freedom', () => {
    // P(T > t) = 1/2 − atan(t)/π: at t = 1 that is 1/4. Quartiles ±1, so the 50 % interval is the estimate ± one error.
    const measured = { estimate: 10, difference: 3, standardError: 3, df: 1, exponent: 0 };
    const { t, df, p, estimate, interval } = tTestOf(measured, { confidence: 0.5 });
    expect([t, df, estimate]).toEqual([1, 1, 10]);
    expect(p).toBeCloseTo(1 / 2, 12);
    expect(interval).toEqual([expect.closeTo(7, 10), expect.closeTo(13, 10)]);
  });
  it('has one tail and an open interval for a one-sided alternative', () => {
    // With 2 degrees of freedom P(T > t) = (1 − t / √(t² + 2)) / 2; t = √2 gives (1 − √½) / 2.
    const measured = { estimate: 5, difference: Math.SQRT2, standardError: 1, df: 2, exponent: 0 };
    const tail = (1 - Math.SQRT1_2) / 2;
    const greater = tTestOf(measured, { alternative: 'greater', confidence: 1 - tail });
    expect(greater.p).toBeCloseTo(tail, 12);
    expect(greater.interval).toEqual([expect.closeTo(5 - Math.SQRT2, 9), Infinity]);
    const less = tTestOf(measured, { alternative: 'less', confidence: 1 - tail });
    expect(less.p).toBeCloseTo(1 - tail, 12);
    expect(less.interval).toEqual([-Infinity, expect.closeTo(5 + Math.SQRT2, 9)]);
  });
  it('without spread is infinite where something differs and NaN where nothing does', () => {
    const of = (difference: number) => tTestOf({ estimate: 2, difference, standardError: 0, df: 3, exponent: 0 }, {});
    expect(of(1)).toMatchObject({ t: Infinity, p: 0, interval: [2, 2] });
    expect(of(0)).toMatchObject({ t: NaN, p: NaN });
  });
  it('refuses a confidence that is none', () => {
    for (const confidence of [0, 1, NaN])
      expect(() =>
        tTestOf({ estimate: 0, difference: 0, standardError: 1, df: 1, exponent: 0 }, { confidence }),
      ).toThrow('found');
  });
});
