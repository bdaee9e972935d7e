/** ICC(1) of groups, by hand. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { intraclassOneWay } from '../../lib/statistics/intraclassOneWay.ts';

describe('intraclassOneWay', () => {
  it('is (MSB − MSW) / (MSB + (m₀ − 1) MSW)', () => {
    // Means 2 and 6 about 4: MSB = 2·4 + 2·4 = 16. MSW = 4 · 1² / 2 = 2. Groups of 2, so m₀ = 2: 14 / 18.
    expect(
      intraclassOneWay([
        [1, 3],
        [5, 7],
      ]),
    ).toBeCloseTo(7 / 9, 12);
  });
  it('takes groups of unequal size by their m₀', () => {
    // Means 1 and 4 about 3: MSB = 1·4 + 2·1 = 6. MSW = 1 + 1 = 2. m₀ = 3 − (1 + 4)/3 = 4/3: 4 / (6 + 2/3).
    expect(intraclassOneWay([[1], [3, 5]])).toBeCloseTo(3 / 5, 12);
  });
  it('is what the F ratio of one-way analysis of variance implies (SciPy 1.17.1 f_oneway), with unequal sizes', () => {
    const f = 4.558571047720606;
    const size = (10 - (9 + 4 + 16 + 1) / 10) / 3; // m₀ of sizes 3, 2, 4, 1
    const icc = intraclassOneWay([[1.2, 3.4, 2.2], [5.1, 4.2], [0.3, 1.9, 2.8, 2.2], [4.4]]);
    expect(icc).toBeCloseTo((f - 1) / (f + size - 1), 12);
  });
  it('is 1 where groups have no spread, and −1 / (m₀ − 1) where they have the same mean', () => {
    expect(
      intraclassOneWay([
        [1, 1],
        [2, 2],
        [9, 9],
      ]),
    ).toBeCloseTo(1, 12);
    expect(
      intraclassOneWay([
        [1, 3],
        [1, 3],
      ]),
    ).toBeCloseTo(-1, 12);
    expect(
      intraclassOneWay([
        [1, 2, 3],
        [3, 2, 1],
      ]),
    ).toBeCloseTo(-1 / 2, 12);
  });
  it('is NaN where nothing varies', () =>
    expect(
      intraclassOneWay([
        [4, 4],
        [4, 4],
      ]),
    ).toBeNaN());
  it('does not change when all values are moved or scaled', () => {
    const groups = fc.array(fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 2, maxLength: 5 }), {
      minLength: 2,
      maxLength: 5,
    });
    fc.assert(
      fc.property(groups, fc.integer({ min: -9, max: 9 }), (values, shift) => {
        const found = intraclassOneWay(values);
        fc.pre(Number.isFinite(found));
        expect(intraclassOneWay(values.map((own) => own.map((v) => 3 * v + shift)))).toBeCloseTo(found, 8);
        expect(found).toBeLessThanOrEqual(1 + 1e-12);
      }),
    );
  });
  it('refuses one group, an empty one, and groups of one value each', () => {
    expect(() => intraclassOneWay([[1, 2]])).toThrow('found 1 groups with 2 values');
    expect(() => intraclassOneWay([[1, 2, 3], []])).toThrow('found 2 groups with 3 values');
    expect(() => intraclassOneWay([[1], [2]])).toThrow('found 2 groups with 2 values');
  });
});
