import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mannWhitney } from '../../lib/statistics/mannWhitney.ts';
import { permutationTest } from '../../lib/statistics/permutationTest.ts';
import { expectRelative } from './close.ts';

/** U by its definition: pairs in which the first is larger, ties half. */
const pairsAbove = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((sum, x) => sum + Array.from(b).reduce((s, y) => s + (1 + Math.sign(x - y)) / 2, 0), 0);

describe('the Mann-Whitney test', () => {
  it('counts the arrangements by hand: complete separation of 2 and 3 is one of 10', () => {
    expect(mannWhitney([1, 2], [3, 4, 5])).toEqual({ u: 0, p: 0.2, method: 'exact' });
    expect(mannWhitney([1, 2], [3, 4, 5], { alternative: 'less' }).p).toBe(0.1);
    expect(mannWhitney([1, 2], [3, 4, 5], { alternative: 'greater' }).p).toBe(1);
    // U = 1 or less: {1,2}, {1,3}
    expect(mannWhitney([1, 3], [2, 4, 5], { alternative: 'less' }).p).toBe(0.2);
  });

  it('is exact for tiny p: complete separation of 8 and 2000 has probability 1/C(2008, 8)', () => {
    const choose = Array.from({ length: 8 }, (_, i) => (2008 - i) / (i + 1)).reduce((x, y) => x * y, 1);
    const rising = (n: number, from: number): number[] => Array.from({ length: n }, (_, i) => from + i);
    expectRelative(mannWhitney(rising(8, 0), rising(2000, 8), { alternative: 'less' }).p, 1 / choose);
    const half = Array.from({ length: 300 }, (_, i) => (i + 1) / (301 + i)).reduce((x, y) => x * y, 1);
    expectRelative(
      mannWhitney(rising(300, 0), rising(300, 300), { alternative: 'less', method: 'exact' }).p,
      half,
      3e-14,
    );
  });

  it('is the same above 2^52 arrangements, where whole numbers leave the doubles', () => {
    // 27 + 27 values: C(54, 27) = 1.9e15 is below, 28 + 28 above; U = 2 or less has 1 + 1 + 2 arrangements
    for (const n of [27, 28]) {
      const a = Array.from({ length: n }, (_, i) => (i === n - 1 ? n + 1.5 : i));
      const b = Array.from({ length: n }, (_, i) => n + i);
      const whole = Array.from({ length: n }, (_, i) => (n + 1 + i) / (i + 1)).reduce((x, y) => x * y, 1);
      expectRelative(mannWhitney(a, b, { alternative: 'less', method: 'exact' }).p, 4 / whole);
    }
  });

  it('uses the normal approximation with ties or more than 8 values on both sides', () => {
    expect(mannWhitney([1, 2], [2, 3]).method).toBe('normal');
    expect(
      mannWhitney(
        Array.from({ length: 9 }, (_, i) => i),
        Array.from({ length: 9 }, (_, i) => i + 0.5),
      ).method,
    ).toBe('normal');
    expect(mannWhitney([1], [2]).method).toBe('exact');
  });

  it('of values that are all equal has p = 1, and refuses the exact test with ties', () => {
    expect(mannWhitney([3, 3], [3, 3, 3])).toEqual({ u: 3, p: 1, method: 'normal' });
    expect(() => mannWhitney([1, 2], [2, 3], { method: 'exact' })).toThrow(
      'Expected no equal values for the exact Mann-Whitney test, found ties',
    );
  });

  it('has the U of its definition and, without ties, the p of counting all arrangements of U', () => {
    const sample = fc.uniqueArray(fc.integer({ min: 0, max: 99 }), { minLength: 2, maxLength: 9 });
    fc.assert(
      fc.property(sample, fc.integer({ min: 1, max: 8 }), (values, cut) => {
        const [a, b] = [
          values.slice(0, Math.min(cut, values.length - 1)),
          values.slice(Math.min(cut, values.length - 1)),
        ];
        const { u, p } = mannWhitney(a, b);
        expect(u).toBe(pairsAbove(a, b));
        expect(p).toBeCloseTo(permutationTest(a, b, { statistic: pairsAbove }).p, 12);
      }),
      { numRuns: 40 },
    );
  });
});
