import { describe, expect, it } from 'vitest';
import { shapiroWilk } from '../../lib/statistics/shapiroWilk.ts';
import { expectRelative } from './close.ts';

describe('the Shapiro-Wilk test', () => {
  it('finds the W = 0.79 of the weights of 11 men in Shapiro & Wilk 1965; digits of SciPy 1.17.1', () => {
    const { w, p } = shapiroWilk([148, 154, 158, 160, 161, 162, 166, 170, 182, 195, 236]);
    expectRelative(w, 0.7888146948631716, 1e-10);
    expectRelative(p, 0.006703814061898823, 1e-9);
  });

  it('of three values has its closed form: W = 1 for equal steps, 3/4 for two equal values', () => {
    expect(shapiroWilk([1, 2, 3]).w).toBeCloseTo(1, 15);
    expect(shapiroWilk([1, 2, 3]).p).toBeCloseTo(1, 7);
    expectRelative(shapiroWilk([0, 0, 1]).w, 0.75, 1e-15);
    expect(shapiroWilk([0, 0, 1]).p).toBeCloseTo(0, 14);
    // W = (5/√2)²/14 for 0, 1, 5 (mean 2, squares 14)
    expectRelative(
      shapiroWilk([0, 1, 5]).p,
      (6 / Math.PI) * (Math.asin(Math.sqrt(12.5 / 14)) - Math.asin(Math.sqrt(0.75))),
      1e-13,
    );
  });

  it('does not change with offset, scale and order', () => {
    const { w } = shapiroWilk([1, 4, 2, 8, 3]);
    expect(shapiroWilk([8, 1, 3, 2, 4].map((x) => 2 * x + 1e8)).w).toBeCloseTo(w, 14);
  });

  it('says nothing of a constant sample, and refuses too few or too many values', () => {
    for (const value of [2, 0.1, -1000.7]) expect(shapiroWilk([value, value, value])).toEqual({ w: 1, p: 1 });
    expect(() => shapiroWilk([1, 2])).toThrow('Expected at least 3 values in the sample, found 2');
    expect(() => shapiroWilk(new Float64Array(5001))).toThrow(
      'Expected at most 5000 values for the Shapiro-Wilk test, found 5001',
    );
  });
});
