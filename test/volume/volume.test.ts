/** Volumes and their place in the patient, by hand. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Affine,
  affineOfLps,
  matrixOf,
  sliceZ,
  spacingOf,
  spansSpace,
  type Volume,
  voxelCount,
  voxelToMm,
  voxelVolumeMl,
} from '../../lib/volume/volume.ts';

/** x to anterior with 2 mm, y to left with 3 mm, z to the feet with 4 mm. */
const affine: Affine = [0, -3, 0, 5, 2, 0, 0, 6, 0, 0, -4, 7, 0, 0, 0, 1];
const volume: Volume<Int16Array> = {
  data: Int16Array.from({ length: 24 }, (_, i) => i),
  shape: [2, 3, 4],
  spacingMm: [2, 3, 4],
  affine,
};

describe('a volume', () => {
  it('of 2 × 3 × 4 voxels of 2 × 3 × 4 mm has 24 voxels of 0.024 ml', () => {
    expect(voxelCount(volume.shape)).toBe(24);
    expect(voxelVolumeMl(volume)).toBe(0.024);
  });
  it('has slices of rows along x, which share its memory', () => {
    expect([...sliceZ(volume, 0)]).toEqual([0, 1, 2, 3, 4, 5]);
    expect([...sliceZ(volume, 3)]).toEqual([18, 19, 20, 21, 22, 23]);
    expect(sliceZ(volume, 1).buffer).toBe(volume.data.buffer);
  });
  it('has the spacing of the columns of its affine', () => {
    expect(spacingOf(affine)).toEqual([2, 3, 4]);
    // Columns (3, 4, 0), (0, 0, 2) and (1, 2, 2) are 5, 2 and 3 long.
    expect(spacingOf([3, 0, 1, 9, 4, 0, 2, 9, 0, 2, 2, 9, 0, 0, 0, 1])).toEqual([5, 2, 3]);
    // Steps that are oblique, as NumPy's root of the sum of squares; and such short and long ones that squares fail.
    expect(spacingOf([1.46875, 0, 0, 0, 0.28125, 0, 0, 0, -0.125, 1, 1, 0, 0, 0, 0, 1])).toEqual([
      1.5006509004428712, 1, 1,
    ]);
    expect(spacingOf([1e-200, 0, 0, 0, 0, 7e-323, 0, 0, 0, 0, 4e200, 0, 0, 0, 0, 1])).toEqual([1e-200, 7e-323, 4e200]);
  });
});

describe('an affine', () => {
  it('of steps towards left, posterior and superior turns the first two of these round, and has no -0', () => {
    const steps = [
      [2, 0, 0],
      [0, -3, 0],
      [1, 0, 4],
      [10, 0, 30],
    ] as const;
    expect(affineOfLps(steps)).toEqual([-2, 0, -1, -10, 0, 3, 0, 0, 0, 0, 4, 30, 0, 0, 0, 1]);
  });
  it('has a matrix of its first three rows and columns', () => {
    expect(matrixOf(affine)).toEqual([0, -3, 0, 2, 0, 0, 0, 0, -4]);
  });
  it('spans space unless its columns lie in a plane, whatever its unit', () => {
    expect(spansSpace(affine)).toBe(true);
    expect(spansSpace(affine.map((v) => v * 1e-9))).toBe(true);
    // The third column is the sum of the others; a column of zeros.
    expect(spansSpace([1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1])).toBe(false);
    expect(spansSpace([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1])).toBe(false);
  });
});

describe('voxelToMm', () => {
  it('is the origin for the first voxel, and one column further a voxel away', () => {
    expect(voxelToMm(affine, [0, 0, 0])).toEqual([5, 6, 7]);
    expect(voxelToMm(affine, [1, 0, 0])).toEqual([5, 8, 7]);
    expect(voxelToMm(affine, [1, 2, 3])).toEqual([5 - 6, 6 + 2, 7 - 12]);
    expect(voxelToMm(affine, [0.5, 0, 0])).toEqual([5, 7, 7]);
  });
  it('moves by the spacing along each axis, wherever it starts', () => {
    const index = fc.integer({ min: -100, max: 100 });
    fc.assert(
      fc.property(index, index, index, fc.nat(2), (x, y, z, axis) => {
        const from = voxelToMm(affine, [x, y, z]);
        const to = voxelToMm(affine, [x + Number(axis === 0), y + Number(axis === 1), z + Number(axis === 2)]);
        expect(Math.hypot(...to.map((mm, i) => mm - from[i]!))).toBeCloseTo(volume.spacingMm[axis]!, 12);
      }),
    );
  });
});
