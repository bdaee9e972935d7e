import { describe, expect, it } from 'vitest';
import { cohenD, cohenDPaired, hedgesG } from '../../lib/statistics/hedgesG.ts';
import { expectRelative } from './close.ts';

describe('Cohen’s d and Hedges’ g', () => {
  it('equal an example worked out by hand', () => {
    // means 2 and 6, variances 1 and 4, pooled 2.5; differences -3, -4, -5
    const [a, b] = [Int8Array.of(1, 2, 3), Int8Array.of(4, 6, 8)];
    expectRelative(cohenD(a, b), -4 / Math.sqrt(2.5));
    expectRelative(cohenDPaired(a, b), -4);
    // Γ(2) / (√2 Γ(3/2)) = √(2/π)
    expectRelative(hedgesG(a, b), (-4 / Math.sqrt(2.5)) * Math.sqrt(2 / Math.PI));
  });

  it('lie apart by nearly 1 − 3/(4 df − 1)', () => {
    const a = Array.from({ length: 30 }, (_, i) => i);
    const b = a.map((x) => 1.3 * x + 2);
    expect(hedgesG(a, b) / cohenD(a, b)).toBeCloseTo(1 - 3 / (4 * 58 - 1), 4);
  });

  it('without spread are infinite, or NaN where the means are equal', () => {
    expect([cohenD([1, 1], [0, 0]), cohenD([1, 1], [1, 1])]).toEqual([Infinity, NaN]);
    expect(cohenDPaired([2, 3], [1, 2])).toBe(Infinity);
    expect(() => cohenD([1], [2, 3])).toThrow('Expected at least 2 values in the first sample, found 1');
  });
});
