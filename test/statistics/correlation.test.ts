import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pearson, spearman } from '../../lib/statistics/correlation.ts';
import { studentTwoSided } from '../../lib/statistics/distributions/studentT.ts';
import { expectRelative } from './close.ts';

describe('correlation', () => {
  it('equals an example worked out by hand', () => {
    // products of the distances from the means: 2 + 0 + 0 + 1.5 ... = 5.5 over √(5 · 8.75)
    const [x, y] = [
      [1, 2, 3, 4],
      [1, 3, 2, 5],
    ];
    const { r, p, interval } = pearson(x, y);
    expectRelative(r, 5.5 / Math.sqrt(5 * 8.75));
    expectRelative(p, studentTwoSided(r * Math.sqrt(2 / (1 - r * r)), 2), 1e-13);
    expectRelative(interval[1], Math.tanh(Math.atanh(r) + 1.9599639845400538));
    // ranks 1, 3, 2, 4: 1 − 6·2/60
    expectRelative(spearman(x, y).r, 0.8);
  });

  it('of a perfect line is exactly ±1 with p = 0, also near 1e8, and Spearman sees any rising curve as one', () => {
    const x = [1, 2, 4, 8, 9];
    expect(
      pearson(
        x,
        x.map((v) => 1e8 - 2 * v),
      ),
    ).toMatchObject({ r: -1, p: 0, interval: [-1, -1] });
    expect(
      spearman(
        x,
        x.map((v) => v ** 3),
      ),
    ).toMatchObject({ r: 1, p: 0, interval: [1, 1] });
  });

  it('of two pairs is ±1 and tells nothing, of a constant NaN, as in SciPy', () => {
    expect(pearson([1, 2], [5, 3])).toEqual({ r: -1, p: 1, interval: [-1, 1] });
    expect(spearman([1, 2], [5, 3])).toEqual({ r: -1, p: NaN, interval: [-1, 1] });
    expect(pearson([1, 2, 3], [0.1, 0.1, 0.1])).toEqual({ r: NaN, p: NaN, interval: [NaN, NaN] });
    expect(() => pearson([1], [1])).toThrow('Expected at least 2 values in the first sample, found 1');
    expect(() => spearman([1, 2], [1])).toThrow('Expected as many values');
  });

  it('is symmetric, within [−1, 1], and blind to scale', () => {
    const pairs = fc.array(fc.tuple(fc.integer({ min: -50, max: 50 }), fc.integer({ min: -50, max: 50 })), {
      minLength: 3,
      maxLength: 20,
    });
    fc.assert(
      fc.property(pairs, (drawn) => {
        const [x, y] = [drawn.map(([u]) => u), drawn.map(([, v]) => v)];
        for (const correlate of [pearson, spearman]) {
          const { r } = correlate(x, y);
          if (Number.isNaN(r)) continue;
          expect(Math.abs(r)).toBeLessThanOrEqual(1);
          expect(correlate(y, x).r).toBeCloseTo(r, 12);
          expect(
            correlate(
              x.map((v) => 3e-100 * v),
              y.map((v) => -5e100 * v),
            ).r,
          ).toBeCloseTo(-r, 12);
        }
      }),
    );
  });
});
