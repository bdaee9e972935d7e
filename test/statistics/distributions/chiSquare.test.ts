import { describe, expect, it } from 'vitest';
import { chiSquareUpperTail } from '../../../lib/statistics/distributions/chiSquare.ts';
import { expectRelative } from '../close.ts';

describe('the chi-square distribution', () => {
  it('with 2 degrees of freedom is exponential, and equals mpmath 1.4.1 in its far tail', () => {
    expectRelative(chiSquareUpperTail(6, 2), Math.exp(-3));
    expectRelative(chiSquareUpperTail(1000, 3), 1.7994208765314477e-216, 1e-13);
  });

  it('is 1 up to 0, NaN for NaN', () => {
    expect([chiSquareUpperTail(0, 2), chiSquareUpperTail(-1, 2)]).toEqual([1, 1]);
    expect(chiSquareUpperTail(NaN, 2)).toBeNaN();
  });
});
