import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rank } from '../../lib/statistics/ranks.ts';

describe('ranks', () => {
  it('share their mean among equal values', () => {
    const { ranks, tieTerm } = rank([20, 10, 20, 5, 20]);
    expect([...ranks]).toEqual([4, 2, 4, 1, 4]);
    expect(tieTerm).toBe(3 ** 3 - 3);
    expect([...rank([]).ranks]).toEqual([]);
  });

  it('add up to n(n + 1)/2 and count the values below', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 9 })), (values) => {
        const { ranks } = rank(values);
        expect(ranks.reduce((sum, r) => sum + r, 0)).toBe((values.length * (values.length + 1)) / 2);
        values.forEach((v, i) =>
          expect(ranks[i]).toBe(values.filter((u) => u < v).length + (values.filter((u) => u === v).length + 1) / 2),
        );
      }),
    );
  });
});
