/** Principal variances of bodies by hand. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  principalVariances,
  principalVariancesInPlane,
  symmetricEigenvalues,
} from '../../lib/radiomics/principalAxes.ts';
import { roiOf } from './example.ts';

describe('symmetricEigenvalues', () => {
  it('of a symmetric matrix are those of a matrix built from them', () => {
    // Rotation by the 3-4-5 angle in the first two axes of diag(5, 2, 1).
    const found = symmetricEigenvalues([
      [3.92, 1.44, 0],
      [1.44, 3.08, 0],
      [0, 0, 1],
    ]);
    [5, 2, 1].forEach((value, i) => expect(found[i]).toBeCloseTo(value, 12));
  });

  it('have the sum of the diagonal and the sum of all squares', () => {
    const entry = fc.double({ min: -10, max: 10, noNaN: true });
    fc.assert(
      fc.property(fc.tuple(entry, entry, entry, entry, entry, entry), ([a, b, c, d, e, f]) => {
        const [x, y, z] = symmetricEigenvalues([
          [a, b, c],
          [b, d, e],
          [c, e, f],
        ]);
        expect(x).toBeGreaterThanOrEqual(y);
        expect(y).toBeGreaterThanOrEqual(z);
        expect(x + y + z).toBeCloseTo(a + d + f, 9);
        expect(x * x + y * y + z * z).toBeCloseTo(a * a + d * d + f * f + 2 * (b * b + c * c + e * e), 8);
      }),
    );
  });
});

describe('principalVariances', () => {
  const ones = (n: number): number[] => new Array(n).fill(1);

  it('of a box are (n² − 1) / 12 voxels² along its sides, the longest first', () => {
    // 2, 4 and 3 voxels of 1, 2 and 5 mm: 3/12 · 1, 15/12 · 4, 8/12 · 25.
    const found = principalVariances(roiOf(ones(24), [2, 4, 3], [1, 2, 5]));
    [200 / 12, 60 / 12, 3 / 12].forEach((value, i) => expect(found[i]).toBeCloseTo(value, 12));
  });

  it('of a diagonal lie all along it, and of one voxel are 0', () => {
    // Centres at −1, 0, 1 along (1, 1, 0): variance 2/3 of √2², none across.
    const found = principalVariances(roiOf([1, 0, 0, 0, 1, 0, 0, 0, 1], [3, 3, 1]));
    [4 / 3, 0, 0].forEach((value, i) => expect(found[i]).toBeCloseTo(value, 12));
    expect(principalVariances(roiOf([1], [1, 1, 1]))).toEqual([0, 0, 0]);
  });

  it('across a slanted line or plane are exactly 0, whatever the spacing: no root is taken of what rounding left', () => {
    // By hand: two voxels are a line; those with x = z lie in one plane.
    const pair = new Array(8).fill(0);
    pair[1] = pair[6] = 1;
    for (const spacing of [
      [1, 1, 1],
      [0.5, 0.5, 5],
      [0.7, 1.3, 0.1],
    ] as const) {
      expect(principalVariances(roiOf(pair, [2, 4, 1], spacing)).slice(1)).toEqual([0, 0]);
      expect(principalVariancesInPlane(roiOf(pair, [2, 4, 1], spacing), 2)[1]).toBe(0);
      const plane = Array.from({ length: 125 }, (_, i) => Number(i % 5 === Math.floor(i / 25)));
      const found = principalVariances(roiOf(plane, [5, 5, 5], spacing));
      expect(found[1]).toBeGreaterThan(0);
      expect(found[2]).toBe(0);
    }
  });

  it('in a plane leave out the axis across it', () => {
    const roi = roiOf(ones(6), [1, 2, 3], [9, 1, 2]);
    const found = principalVariancesInPlane(roi, 0);
    expect(found).toEqual([expect.closeTo((8 / 12) * 4, 12), expect.closeTo(3 / 12, 12)]);
  });
});
