import { describe, expect, it } from 'vitest';
import { normalUpperTail } from '../../../lib/statistics/distributions/normal.ts';
import { upperIncompleteGamma } from '../../../lib/statistics/special/incompleteGamma.ts';
import { expectRelative } from '../close.ts';

describe('the upper incomplete gamma function', () => {
  it('equals its closed forms: e^−x for a = 1, a Poisson sum for a = 3, twice a normal tail for a = ½', () => {
    for (const x of [1e-6, 0.5, 2, 7, 50, 400]) {
      expectRelative(upperIncompleteGamma(1, x), Math.exp(-x), 1e-13);
      expectRelative(upperIncompleteGamma(3, x), Math.exp(-x) * (1 + x + x ** 2 / 2), 1e-13);
      expectRelative(upperIncompleteGamma(0.5, x), 2 * normalUpperTail(Math.sqrt(2 * x)), 1e-13);
    }
  });

  it('is 1 at 0, 0 at infinity, NaN outside its domain', () => {
    expect([upperIncompleteGamma(2, 0), upperIncompleteGamma(2, Infinity)]).toEqual([1, 0]);
    expect(upperIncompleteGamma(0, 1)).toBeNaN();
    expect(upperIncompleteGamma(1, -1)).toBeNaN();
  });
});
