import { describe, expect, it } from 'vitest';
import { pairedPermutationTest, signFlipTest } from '../../lib/statistics/signFlipTest.ts';
import { welchTTest } from '../../lib/statistics/welch.ts';

describe('the paired permutation test', () => {
  it('counts all signs by hand', () => {
    // ±1 ±2 ±4: a sum of at least 5 comes from +++ and -++
    expect(pairedPermutationTest([0, 3, 5], [1, 1, 1], { alternative: 'greater' })).toEqual({
      statistic: 5 / 3,
      p: 2 / 8,
      exact: true,
      arrangements: 8,
    });
    expect(pairedPermutationTest([0, 3, 5], [1, 1, 1]).p).toBe(4 / 8);
  });

  it('draws signs for many pairs, never gives 0, and has p = 1 where nothing differs', () => {
    const rising = Array.from({ length: 40 }, (_, i) => i + 1);
    expect(
      pairedPermutationTest(
        rising,
        rising.map(() => 0),
        { resamples: 199 },
      ),
    ).toMatchObject({ exact: false, p: 0.01 });
    expect(pairedPermutationTest([1, 2], [1, 2]).p).toBe(1);
    expect(() => pairedPermutationTest([1], [1, 2])).toThrow('Expected as many values');
  });
});

describe('the sign-flip test of two samples', () => {
  const [a, b] = [
    [3, 9, 4, 8, 12, 1, 7, 5.5],
    [9, 10, 11, 9.5, 10.2, 9.1, 10.6, 8.8, 10.9, 9.7],
  ];

  it('counts patterns without spread rightly though means are rounded', () => {
    // distances ±½ in both groups, t = −0.1/√½. Of the 16 patterns of signs t is −1 in 4, −∞ in 1, 0 in 4 and, where
    // both groups are constant and equal, in 2 more: p = 2 · 5/16
    expect(Math.abs(signFlipTest([0, 1], [0.1, 1.1]).p - 10 / 16)).toBeLessThan(0.02);
    // the same distances in doubles that differ: t = −0.3/0.05√2, and only −∞ lies as low
    expect(Math.abs(signFlipTest([0.1, 0.2], [0.4, 0.5]).p - 2 / 16)).toBeLessThan(0.02);
    const apart = signFlipTest([0.1, 0.1, 0.1], [0.3, 0.3, 0.3], { resamples: 99 });
    expect(apart).toMatchObject({ statistic: -Infinity, p: 2 / 100 });
  });

  it("comes near Welch's p, whatever the offset, and repeats with its seed", () => {
    expect(Math.abs(signFlipTest(a, b).p - welchTTest(a, b).p)).toBeLessThan(0.01);
    const far = (values: number[]) => values.map((value) => value + 1e8);
    expect(signFlipTest(far(a), far(b)).statistic).toBeCloseTo(welchTTest(a, b).t, 7);
    expect(signFlipTest(a, b, { seed: 3, resamples: 99 })).toEqual(signFlipTest(a, b, { seed: 3, resamples: 99 }));
  });

  it('of constant samples has p = 1 where they are equal, else the smallest possible', () => {
    expect(signFlipTest([2, 2], [2, 2]).p).toBe(1);
    expect(signFlipTest([1, 1], [2, 2], { resamples: 99 })).toMatchObject({
      statistic: -Infinity,
      p: 0.02,
      exact: false,
    });
  });
});
