import { describe, expect, it } from 'vitest';
import { signedRanks, wilcoxon } from '../../lib/statistics/wilcoxon.ts';
import { expectRelative } from './close.ts';

const zeros = (n: number): number[] => new Array<number>(n).fill(0);

describe('the Wilcoxon signed-rank test', () => {
  it('counts the signs by hand', () => {
    // all of three positive: one of 8 ways, two-sided two
    expect(wilcoxon([1, 2, 3], zeros(3))).toEqual({ statistic: 0, positive: 6, negative: 0, p: 0.25, method: 'exact' });
    // rank sum of the negative ones is 1 or less: none, {1}
    expect(wilcoxon([-1, 2, 3], zeros(3), { alternative: 'greater' })).toMatchObject({ statistic: 5, p: 0.25 });
  });

  it('is exact for tiny p: 50 positive differences have probability 2^-50', () => {
    const rising = Array.from({ length: 50 }, (_, i) => i + 1);
    expectRelative(wilcoxon(rising, zeros(50), { alternative: 'greater' }).p, 2 ** -50);
  });

  it('counts exactly with ties too: ranks 1½, 1½, 3 are at least 4½ in 3 of 8 ways', () => {
    expect(wilcoxon([-1, 1, 2], zeros(3), { alternative: 'greater' })).toMatchObject({
      positive: 4.5,
      p: 3 / 8,
      method: 'exact',
    });
  });

  it('drops zeros before ranking, or after it as Pratt does', () => {
    expect(signedRanks(Float64Array.of(0, -1, 2))).toMatchObject({ positive: 2, negative: 1, zeros: 1 });
    expect(signedRanks(Float64Array.of(0, -1, 2), 'pratt')).toMatchObject({ positive: 3, negative: 2, zeros: 1 });
  });

  it('chooses as SciPy: exact for 50 plain pairs or 13 with zeros or ties', () => {
    const rising = (n: number) => Array.from({ length: n }, (_, i) => i + 1);
    expect([wilcoxon(rising(50), zeros(50)), wilcoxon(rising(51), zeros(51))].map((r) => r.method)).toEqual([
      'exact',
      'normal',
    ]);
    expect(
      [wilcoxon([0, ...rising(12)], zeros(13)), wilcoxon([0, ...rising(13)], zeros(14))].map((r) => r.method),
    ).toEqual(['exact', 'normal']);
  });

  it('has p = 1 where nothing differs, and refuses unequal lengths and no pairs', () => {
    expect(wilcoxon([1, 2], [1, 2])).toEqual({ statistic: 0, positive: 0, negative: 0, p: 1, method: 'exact' });
    expect(wilcoxon([1, 2], [1, 2], { method: 'normal' }).p).toBe(1);
    expect(() => wilcoxon([1], [1, 2])).toThrow('Expected as many values');
    expect(() => wilcoxon([], [])).toThrow('Expected at least 1 value');
  });
});
