/** The maximal correlation of co-occurrence matrices by hand, and by Jacobi's rotations. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maximalCorrelation } from '../../lib/radiomics/maximalCorrelation.ts';
import { symmetricEigenvalues } from '../../lib/radiomics/principalAxes.ts';

function coefficientOf(rows: readonly (readonly number[])[], levelsInRoi = rows.length): number {
  const counts = Uint32Array.from(rows.flat());
  const sum = counts.reduce((a, b) => a + b, 0);
  const p = Float64Array.from(rows, (row) => row.reduce((a, b) => a + b, 0) / sum);
  return maximalCorrelation(counts, p, sum, levelsInRoi);
}

describe('maximalCorrelation', () => {
  it('of two levels is the size of their correlation: (p₁₁ p₂₂ − p₁₂²) / (p₁ p₂)', () => {
    expect(
      coefficientOf([
        [2, 1],
        [1, 2],
      ]),
    ).toBeCloseTo(3 / 9, 12);
    expect(
      coefficientOf([
        [1, 2],
        [2, 1],
      ]),
    ).toBeCloseTo(3 / 9, 12); // neighbours that tend to differ
    expect(
      coefficientOf([
        [6, 2],
        [2, 2],
      ]),
    ).toBeCloseTo((6 * 2 - 4) / (8 * 4), 12);
  });

  it('is 1 where one level tells the other, 0 where it tells nothing', () => {
    expect(
      coefficientOf([
        [3, 0, 0],
        [0, 2, 0],
        [0, 0, 5],
      ]),
    ).toBeCloseTo(1, 12);
    expect(
      coefficientOf([
        [0, 4],
        [4, 0],
      ]),
    ).toBeCloseTo(1, 12);
    expect(
      coefficientOf([
        [1, 2],
        [2, 4],
      ]),
    ).toBeCloseTo(0, 12); // 1 : 2 in every row
  });

  it('of three levels that never meet themselves is a half: S = (1 − I) / 2 has the eigenvalues 1, −1/2, −1/2', () => {
    expect(
      coefficientOf([
        [0, 1, 1],
        [1, 0, 1],
        [1, 1, 0],
      ]),
    ).toBeCloseTo(1 / 2, 12);
  });

  it('leaves out levels that do not occur; is 1 for a ROI of one level, 0 for a matrix of one', () => {
    expect(
      coefficientOf([
        [2, 0, 1],
        [0, 0, 0],
        [1, 0, 2],
      ]),
    ).toBeCloseTo(1 / 3, 12);
    expect(coefficientOf([[4]])).toBe(1);
    expect(
      coefficientOf([
        [4, 0],
        [0, 0],
      ]),
    ).toBe(0);
  });

  it('is the second largest absolute eigenvalue of p(i, j) / √(p(i) p(j)), by another method', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 6 }), fc.array(fc.nat(9), { minLength: 36, maxLength: 36 }), (n, list) => {
        const rows = Array.from({ length: n }, (_, i) =>
          Array.from(
            { length: n },
            (_, j) => (i === j ? 2 : 1) * list[6 * Math.min(i, j) + Math.max(i, j)] + Number(i === j),
          ),
        );
        const sums = rows.map((row) => row.reduce((a, b) => a + b, 0));
        const scaled = rows.map((row, i) => row.map((count, j) => count / Math.sqrt(sums[i] * sums[j])));
        const sizes = symmetricEigenvalues(scaled)
          .map(Math.abs)
          .sort((a, b) => b - a);
        expect(coefficientOf(rows)).toBeCloseTo(sizes[1], 7);
      }),
    );
  });
});
