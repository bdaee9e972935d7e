import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { glrlmFeatures, runLengthMatrices } from '../../lib/radiomics/glrlm.ts';
import { alongX, examplePlan, planOf } from './example.ts';

describe('run lengths of the 4×4 example along x', () => {
  it('are counted as by hand', () => {
    const { matrices, width } = runLengthMatrices(alongX(examplePlan()));
    expect(width).toBe(4);
    expect([0, 4, 8, 12].map((at) => [...matrices[0]!.subarray(at, at + 4)])).toEqual([
      [1, 2, 0, 0],
      [0, 2, 0, 0],
      [0, 1, 1, 0],
      [0, 1, 0, 0],
    ]);
  });

  it('have the features that are worked out by hand', () => {
    const f = glrlmFeatures(alongX(examplePlan()));
    expect(f.RunPercentage).toBe(0.5);
    expect(f.ShortRunEmphasis).toBeCloseTo(94 / 288, 12);
    expect(f.LongRunEmphasis).toBeCloseTo((1 + 6 * 4 + 9) / 8, 12);
    expect(f.GrayLevelNonUniformity).toBeCloseTo((9 + 4 + 4 + 1) / 8, 12);
    expect(f.RunLengthNonUniformity).toBeCloseTo((1 + 36 + 1) / 8, 12);
    expect(f.RunVariance).toBeCloseTo((1 + 6 * 4 + 9) / 8 - 4, 12);
    expect(f.RunEntropy).toBeCloseTo(2 * (2 / 8) * Math.log2(8 / 2) + 4 * (1 / 8) * 3, 12);
    expect(f.LongRunHighGrayLevelEmphasis).toBeCloseTo((1 + 2 * 4 + 2 * 4 * 4 + 4 * 9 + 9 * 9 + 4 * 16) / 8, 12);
  });
});

describe('run length features', () => {
  it('of one voxel count it as a run in each direction', () => {
    expect(glrlmFeatures(planOf([0, 3, 0], [3, 1, 1], '2d-average'))).toMatchObject({
      RunPercentage: 1,
      RunEntropy: 0,
      HighGrayLevelRunEmphasis: 9,
      GrayLevelVariance: 0,
    });
  });

  it('leave out directions across the only slice, as PyRadiomics does', () => {
    expect(runLengthMatrices(planOf([1, 1, 1, 1], [2, 2, 1], '3d-average')).matrices.length).toBe(4);
    expect(runLengthMatrices(planOf([1, 1, 1, 1], [4, 1, 1], '3d-average')).matrices.length).toBe(1);
    // Two voxels on one line that do not touch make the direction count too.
    expect(runLengthMatrices(planOf([1, 0, 1], [3, 1, 1], '3d-average')).matrices.length).toBe(1);
  });

  it('account for every voxel once in each direction', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 36, maxLength: 36 }), (levels) => {
        fc.pre(levels.some((level) => level > 0));
        const { matrices, width } = runLengthMatrices(planOf(levels, [3, 4, 3], '3d-average'));
        const voxels = levels.filter((level) => level > 0).length;
        for (const matrix of matrices)
          expect(Array.from(matrix).reduce((sum, n, at) => sum + n * ((at % width) + 1), 0)).toBe(voxels);
      }),
      { numRuns: 100 },
    );
  });
});
