import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cliffDelta } from '../../lib/statistics/cliffDelta.ts';
import { mannWhitney } from '../../lib/statistics/mannWhitney.ts';

describe("Cliff's delta", () => {
  it('equals examples worked out by hand', () => {
    // of 6 pairs 1 is above, 4 below, 1 equal
    expect(cliffDelta([2, 4], [3, 4, 5])).toBe((1 - 4) / 6);
    expect([cliffDelta([1], [2]), cliffDelta([2, 3], [1]), cliffDelta([1, 1], [1])]).toEqual([-1, 1, 0]);
  });

  it('agrees with U', () => {
    const sample = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(sample, sample, (a, b) => {
        expect(cliffDelta(a, b)).toBeCloseTo((2 * mannWhitney(a, b).u) / (a.length * b.length) - 1, 12);
      }),
    );
  });
});
