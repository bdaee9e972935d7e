import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { benjaminiHochberg, bonferroni, holm } from '../../lib/statistics/multipleTesting.ts';

describe('corrections for many tests', () => {
  it('equal an example worked out by hand, in input order', () => {
    const p = [0.25, 0.0625, 0.125, 0.5];
    expect(bonferroni(p)).toEqual([1, 0.25, 0.5, 1]);
    expect(holm(p)).toEqual([0.5, 0.25, 0.375, 0.5]);
    expect(benjaminiHochberg(p)).toEqual([1 / 3, 0.25, 0.25, 0.5]);
  });

  it('never let a larger p overtake a smaller one, and are ordered raw ≤ false discovery ≤ Holm ≤ Bonferroni', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 30 }), (p) => {
        const corrected = [p, benjaminiHochberg(p), holm(p), bonferroni(p)];
        for (let i = 0; i < p.length; i++)
          for (let k = 1; k < corrected.length; k++) {
            expect(corrected[k]![i]).toBeGreaterThanOrEqual(corrected[k - 1]![i]! * (1 - 1e-15));
            for (let j = 0; j < p.length; j++)
              if (p[j]! < p[i]!) expect(corrected[k]![j]).toBeLessThanOrEqual(corrected[k]![i]!);
          }
      }),
      { numRuns: 50 },
    );
  });

  it('of no p values are empty, of one it itself, and refuse what is no p', () => {
    for (const correct of [bonferroni, holm, benjaminiHochberg]) {
      expect([correct([]), correct([0.3])]).toEqual([[], [0.3]]);
      expect(() => correct([0.1, NaN])).toThrow('Expected p values between 0 and 1, found NaN at position 1');
      expect(() => correct([1.5])).toThrow('found 1.5 at position 0');
    }
  });
});
