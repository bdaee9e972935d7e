import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { incompleteBeta } from '../../../lib/statistics/special/incompleteBeta.ts';
import { expectRelative } from '../close.ts';

describe('the incomplete beta function', () => {
  it('equals its closed forms: x^a for b = 1, 1 − (1 − x)^b for a = 1, a binomial sum', () => {
    for (const x of [1e-9, 0.2, 0.7, 0.999]) {
      expectRelative(incompleteBeta(3, 1, x), x ** 3);
      expectRelative(incompleteBeta(1, 2.5, x), -Math.expm1(2.5 * Math.log1p(-x)), 4e-15);
      expectRelative(incompleteBeta(2, 3, x), 6 * x ** 2 * (1 - x) ** 2 + 4 * x ** 3 * (1 - x) + x ** 4);
    }
  });

  it('keeps its digits in far tails: 0.001^100 = 1e-300', () =>
    expectRelative(incompleteBeta(100, 1, 1e-3), 1e-300, 5e-14));

  it('adds to 1 with its mirror image, and rises with x', () => {
    const parameter = fc.double({ min: 0.05, max: 500, noNaN: true });
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(parameter, parameter, share, share, (a, b, x, z) => {
        expect(incompleteBeta(a, b, x) + incompleteBeta(b, a, 1 - x, x)).toBeCloseTo(1, 13);
        const [low, high] = [Math.min(x, z), Math.max(x, z)];
        expect(incompleteBeta(a, b, low)).toBeLessThanOrEqual(incompleteBeta(a, b, high) * (1 + 1e-12));
      }),
    );
  });

  it('is NaN outside its domain', () => {
    expect(incompleteBeta(0, 1, 0.5)).toBeNaN();
    expect(incompleteBeta(1, 1, 1.5)).toBeNaN();
    expect(incompleteBeta(1, 1, NaN)).toBeNaN();
    expect([incompleteBeta(2, 2, 0), incompleteBeta(2, 2, 1)]).toEqual([0, 1]);
  });
});
