import { cliffDelta } from '../../lib/statistics/cliffDelta.ts';
import { cohenD, cohenDPaired, hedgesG } from '../../lib/statistics/hedgesG.ts';
import { rankBiserial } from '../../lib/statistics/rankBiserial.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mannWhitney } from '../../lib/statistics/mannWhitney.ts';
import { expectRelative } from './close.ts';

describe('effect sizes of means', () => {
  it('equal an example worked out by hand', () => {
    // means 2 and 6, variances 1 and 4, pooled 2.5; differences -3, -4, -5
    const [a, b] = [
      [1, 2, 3],
      [4, 6, 8],
    ];
    expectRelative(cohenD(a, b), -4 / Math.sqrt(2.5));
    expectRelative(cohenDPaired(a, b), -4);
    // Γ(2) / (√2 Γ(3/2)) = √(2/π)
    expectRelative(hedgesG(a, b), (-4 / Math.sqrt(2.5)) * Math.sqrt(2 / Math.PI));
  });

  it('shrink Hedges’ g by nearly 1 − 3/(4 df − 1)', () => {
    const a = Array.from({ length: 30 }, (_, i) => i);
    const b = a.map((x) => 1.3 * x + 2);
    expect(hedgesG(a, b) / cohenD(a, b)).toBeCloseTo(1 - 3 / (4 * 58 - 1), 4);
  });

  it('without spread are infinite, or NaN where the means are equal', () => {
    expect([cohenD([1, 1], [0, 0]), cohenD([1, 1], [1, 1]), cohenDPaired([2, 3], [1, 2])]).toEqual([
      Infinity,
      NaN,
      Infinity,
    ]);
    expect(() => cohenD([1], [2, 3])).toThrow('Expected at least 2 values in the first sample, found 1');
  });
});

describe("Cliff's delta and the rank-biserial correlation", () => {
  it('equal examples worked out by hand', () => {
    // of 6 pairs 1 is above, 4 below, 1 equal
    expect(cliffDelta([2, 4], [3, 4, 5])).toBe((1 - 4) / 6);
    expect([cliffDelta([1], [2]), cliffDelta([2, 3], [1]), cliffDelta([1, 1], [1])]).toEqual([-1, 1, 0]);
    // differences -1, 2, 3 and a 0: ranks 1 against 2 + 3
    expect(rankBiserial([0, 2, 3, 7], [1, 0, 0, 7])).toBe(4 / 6);
    expect(rankBiserial([1], [1])).toBe(0);
  });

  it('agree with U', () => {
    const sample = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(sample, sample, (a, b) => {
        expect(cliffDelta(a, b)).toBeCloseTo((2 * mannWhitney(a, b).u) / (a.length * b.length) - 1, 12);
      }),
    );
  });
});
