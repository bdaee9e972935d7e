import { describe, expect, it } from 'vitest';
import { intraclassOneWay } from '../../lib/statistics/intraclassOneWay.ts';

describe('ICC(1)', () => {
  it('is what the F ratio of one-way analysis of variance implies (SciPy 1.17.1 f_oneway), with unequal sizes', () => {
    const f = 4.558571047720606;
    const size = (10 - (9 + 4 + 16 + 1) / 10) / 3; // m₀ of sizes 3, 2, 4, 1
    const icc = intraclassOneWay([[1.2, 3.4, 2.2], [5.1, 4.2], [0.3, 1.9, 2.8, 2.2], [4.4]]);
    expect(icc).toBeCloseTo((f - 1) / (f + size - 1), 12);
  });

  it('of equal values has no rounding: 1 within each group, NaN in all', () => {
    expect(intraclassOneWay([Array(3).fill(0.1), Array(3).fill(0.3), Array(6).fill(-1000.7)])).toBe(1);
    expect(intraclassOneWay([Array(3).fill(0.1), Array(7).fill(0.1)])).toBeNaN();
  });

  it('is 1 for equal values in each group, negative for groups alike, and refuses single values', () => {
    const [equal, alike] = [[1, 2, 5].map((value) => [value, value]), [1, 2, 5].map(() => [0, 1])];
    expect(intraclassOneWay(equal)).toBe(1);
    expect(intraclassOneWay(alike)).toBe(-1); // MSB 0, pairs: −1/(m − 1)
    expect(() => intraclassOneWay([[1], [2]])).toThrow('at least 2 groups of values, one of them with 2');
  });
});
