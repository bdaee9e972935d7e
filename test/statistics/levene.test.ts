import { describe, expect, it } from 'vitest';
import { levene } from '../../lib/statistics/levene.ts';
import { expectRelative } from './close.ts';

describe("Levene's test", () => {
  it('equals an example worked out by hand', () => {
    // distances from the medians 2 and 4: 1, 0, 1 and 4, 0, 2 → means 2/3 and 2, squares 2/3 and 8; between 6·(2/3)²
    const { f, df1, df2 } = levene([
      [1, 2, 3],
      [0, 4, 6],
    ]);
    expectRelative(f, (6 * (2 / 3) ** 2) / ((2 / 3 + 8) / 4));
    expect([df1, df2]).toEqual([1, 4]);
  });

  it("equals SciPy's documented example", () => {
    const { f, p } = levene([
      [8.88, 9.12, 9.04, 8.98, 9.0, 9.08, 9.01, 8.85, 9.06, 8.99],
      [8.88, 8.95, 9.29, 9.44, 9.15, 9.58, 8.36, 9.18, 8.67, 9.05],
      [8.95, 9.12, 8.95, 8.85, 9.03, 8.84, 9.07, 8.98, 8.86, 8.98],
    ]);
    expectRelative(f, 7.584952754501659, 1e-12);
    expectRelative(p, 0.002431505967249677, 1e-12);
  });

  it('without spread of the distances is NaN or infinite', () => {
    expect(
      levene([
        [1, 1, 1],
        [2, 2],
      ]),
    ).toMatchObject({ f: NaN, p: NaN });
    expect(
      levene([
        [1, 3],
        [0, 8],
      ]),
    ).toMatchObject({ f: Infinity, p: 0 });
  });

  it('takes distances as equal that differ by the rounding of 0.1 and 0.4 only', () => {
    const centres = ['median', 'mean'] as const;
    for (const centre of centres) {
      // 0.15 from the middle in both groups, in doubles 0.15000000000000002 and 0.15
      expect(
        levene(
          [
            [0.1, 0.4],
            [0.2, 0.5],
          ],
          centre,
        ),
      ).toMatchObject({ f: NaN, p: NaN });
      expect(
        levene(
          [
            [0.1, 0.1, 0.4, 0.4],
            [0.2, 0.5, 0.2, 0.5],
          ],
          centre,
        ),
      ).toMatchObject({ f: NaN, p: NaN });
      expect(
        levene(
          [
            [0.1, 0.4],
            [1.2, 1.9],
          ],
          centre,
        ),
      ).toMatchObject({ f: Infinity, p: 0 });
    }
  });

  it('of a constant group and one of equal distances is infinite, however large the constant', () => {
    for (const constant of [0, 7, 1e250])
      expect(levene([Array(3).fill(constant), [1, 3]])).toMatchObject({ f: Infinity, p: 0 });
  });

  it('takes as many values as there are', () => {
    const many = Array.from({ length: 200_000 }, (_, i) => i % 10);
    expect(levene([many, many])).toMatchObject({ f: 0, p: 1 });
  });

  it('refuses one group and an empty one', () => {
    expect(() => levene([[1, 2]])).toThrow("Expected at least 2 groups for Levene's test, found 1");
    expect(() => levene([[1, 2], []])).toThrow('Expected at least 1 value in group 2, found 0');
  });
});
