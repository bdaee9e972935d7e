import { describe, expect, it } from 'vitest';
import { dependenceMatrices, gldmFeatures } from '../../lib/radiomics/gldm.ts';
import { examplePlan, planOf } from './example.ts';

describe('dependences of the 4×4 example', () => {
  it('are counted as by hand', () => {
    const { matrices, width } = dependenceMatrices(examplePlan(), 0);
    expect(width).toBe(9);
    expect([0, 1, 2, 3].map((i) => [...matrices[0]!.subarray(9 * i, 9 * i + 6)])).toEqual([
      [0, 0, 1, 2, 2, 0],
      [0, 0, 0, 4, 0, 0],
      [0, 1, 1, 3, 0, 0],
      [0, 2, 0, 0, 0, 0],
    ]);
  });

  it('have the features that are worked out by hand', () => {
    const f = gldmFeatures(examplePlan());
    expect(f.SmallDependenceEmphasis).toBeCloseTo((3 / 4 + 2 / 9 + 9 / 16 + 2 / 25) / 16, 12);
    expect(f.LargeDependenceEmphasis).toBeCloseTo((3 * 4 + 2 * 9 + 9 * 16 + 2 * 25) / 16, 12);
    expect(f.DependenceNonUniformity).toBeCloseTo((9 + 4 + 81 + 4) / 16, 12);
    expect(f.GrayLevelNonUniformity).toBeCloseTo((25 + 16 + 25 + 4) / 16, 12);
    expect(f.DependenceEnergy).toBeCloseTo((1 + 4 + 4 + 16 + 1 + 1 + 9 + 4) / 256, 12);
    expect(f.DependencePercentage).toBe(1);
  });
});

describe('dependence features', () => {
  it('with α = 1 take neighbours one level away as dependent', () => {
    const { matrices } = dependenceMatrices(planOf([1, 2, 3], [3, 1, 1], '3d-average'), 1);
    expect(matrices[0]!.reduce((sum, n, at) => sum + n * (at % 27), 0)).toBe(4);
  });

  it('of a lone voxel are those of dependence 1', () => {
    expect(gldmFeatures(planOf([2], [1, 1, 1], '3d-average'))).toMatchObject({
      SmallDependenceEmphasis: 1,
      LargeDependenceEmphasis: 1,
      DependenceEntropy: 0,
      DependenceEnergy: 1,
    });
  });
});
