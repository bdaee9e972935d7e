import { describe, expect, it } from 'vitest';
import { permutationTest } from '../../lib/statistics/permutationTest.ts';

describe('the permutation test of two samples', () => {
  it('counts all arrangements by hand', () => {
    // sums of two out of 1, 2, 3, 10: 3, 4, 11, 5, 12, 13
    for (const statistic of ['welch', 'mean'] as const) {
      expect(permutationTest([1, 2], [3, 10], { statistic, alternative: 'less' })).toMatchObject({
        p: 1 / 6,
        exact: true,
        arrangements: 6,
      });
      expect(permutationTest([1, 2], [3, 10], { statistic }).p).toBe(2 / 6);
    }
    expect(permutationTest([1, 2], [3, 10], { statistic: 'mean' }).statistic).toBe(-5);
  });

  it('counts equal arrangements as equal in spite of rounding, also at an offset', () => {
    // 0.1 + 0.2 and 0.3 are not the same double
    expect(permutationTest([0.1, 0.2, 0.3], [0.3], { statistic: 'mean', alternative: 'less' }).p).toBe(1 / 2);
    expect(permutationTest([1e8 + 0.1, 1e8 + 0.2], [1e8 + 0.2, 1e8 + 0.1]).p).toBe(1);
  });

  it('sees no spread in equal values whose sum is rounded', () => {
    const { statistic, p } = permutationTest([0.1, 0.1, 0.1], [0.3, 0.3]);
    expect([statistic, p]).toEqual([-Infinity, 2 / 10]);
  });

  it('takes another statistic', () => {
    const maximum = (a: Float64Array, b: Float64Array): number => Math.max(...a) - Math.max(...b);
    expect(permutationTest([9, 1], [2, 3, 4], { statistic: maximum, alternative: 'greater' }).p).toBe(4 / 10);
  });

  it('draws at random where there are too many, never gives 0, and repeats with its seed', () => {
    const rising = (from: number): number[] => Array.from({ length: 20 }, (_, i) => from + i);
    const separate = permutationTest(rising(0), rising(100), { resamples: 99 });
    expect(separate).toMatchObject({ exact: false, arrangements: 99, p: 0.02 });
    const near = (seed: number): number => permutationTest(rising(0), rising(2), { seed, resamples: 499 }).p;
    expect(near(1)).toBe(near(1));
    expect(near(1)).not.toBe(near(2));
  });

  it('comes near its exact p when it draws', () => {
    const [a, b] = [
      [1, 4, 2, 8, 5],
      [7, 3, 9, 6, 11, 10],
    ];
    const exact = permutationTest(a, b, { resamples: 462 });
    expect(exact).toMatchObject({ exact: true, arrangements: 462 });
    const drawn = permutationTest(a, b, { resamples: 461 });
    expect(drawn.exact).toBe(false);
    // a tail of p/2 from 461 draws, doubled: four standard errors
    expect(Math.abs(drawn.p - exact.p)).toBeLessThan(4 * 2 * Math.sqrt(((exact.p / 2) * (1 - exact.p / 2)) / 461));
  });

  it('of values that are all equal has p = 1, and refuses what it cannot do', () => {
    expect(permutationTest([2, 2], [2, 2, 2])).toMatchObject({ statistic: 0, p: 1 });
    expect(() => permutationTest([1], [2, 3])).toThrow('Expected at least 2 values in the first sample, found 1');
    expect(permutationTest([1], [2, 3], { statistic: 'mean' }).p).toBe(2 / 3);
    expect(() => permutationTest([1, 2], [2, 3], { resamples: 0.5 })).toThrow(
      'Expected a whole number of resamples above 0, found 0.5',
    );
    expect(() => permutationTest([1, 2], [2, 3], { statistic: () => NaN })).toThrow(
      'Expected a statistic that is a number for the samples, found NaN',
    );
  });
});
