import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { welchTTest } from '../../lib/statistics/welch.ts';
import { expectRelative } from './close.ts';

describe("Welch's t test", () => {
  it('equals an example worked out by hand', () => {
    // means 2 and 6, variances 1 and 4, n = 3 and 3: standard error √(1/3 + 4/3)
    const { t, df, estimate } = welchTTest([1, 2, 3], [4, 6, 8]);
    expectRelative(t, -4 / Math.sqrt(5 / 3));
    expectRelative(df, (5 / 3) ** 2 / ((1 / 3) ** 2 / 2 + (4 / 3) ** 2 / 2));
    expect(estimate).toBe(-4);
  });

  it('of constant samples is infinite with 1 degree of freedom', () => {
    expect(welchTTest([1, 1], [2, 2, 2])).toMatchObject({ t: -Infinity, df: 1, p: 0, interval: [-1, -1] });
  });

  it('changes its sign when the samples change places, and does not with a shift by 1e8 or a scale', () => {
    const eighth = fc.integer({ min: -80, max: 80 }).map((k) => k / 8);
    const sample = fc.array(eighth, { minLength: 2, maxLength: 12 }).filter((x) => new Set(x).size > 1);
    const far = (values: readonly number[]): number[] => values.map((x) => 4 * x + 1e8);
    fc.assert(
      fc.property(sample, sample, (a, b) => {
        const [test, turned, moved] = [welchTTest(a, b), welchTTest(b, a), welchTTest(far(a), far(b))];
        expect(turned.t).toBeCloseTo(-test.t, 10);
        expectRelative(turned.p, test.p, 1e-10);
        expect(moved.t).toBeCloseTo(test.t, 9);
        expect(moved.df).toBeCloseTo(test.df, 7);
      }),
    );
  });
});
