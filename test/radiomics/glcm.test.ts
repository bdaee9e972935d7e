import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cooccurrenceMatrices, glcmFeatures } from '../../lib/radiomics/glcm.ts';
import { alongX, examplePlan, planOf } from './example.ts';

const rows = (matrix: Iterable<number>): number[][] => [0, 4, 8, 12].map((at) => [...matrix].slice(at, at + 4));

describe('the co-occurrence matrix of the 4×4 example', () => {
  it('equals those that Haralick counted, in four directions', () => {
    const plan = examplePlan();
    expect(plan.directions).toEqual([
      [1, 1, 0],
      [0, 1, 0],
      [-1, 1, 0],
      [1, 0, 0],
    ]);
    const [, vertical, , horizontal] = [...cooccurrenceMatrices(plan)].map(rows);
    expect(horizontal).toEqual([
      [4, 2, 1, 0],
      [2, 4, 0, 0],
      [1, 0, 6, 1],
      [0, 0, 1, 2],
    ]);
    expect(vertical).toEqual([
      [6, 0, 2, 0],
      [0, 4, 2, 0],
      [2, 2, 2, 2],
      [0, 0, 2, 0],
    ]);
  });

  it('has the features that are worked out by hand, along x', () => {
    const f = glcmFeatures(alongX(examplePlan()));
    const close = (name: string, value: number): void =>
      expect([name, f[name]]).toEqual([name, expect.closeTo(value, 12)]);
    close('Contrast', 7 / 12);
    close('MaximumProbability', 6 / 24);
    close('JointAverage', 55 / 24);
    close('JointEnergy', (16 + 4 + 1 + 4 + 16 + 1 + 36 + 1 + 1 + 4) / 576);
    close('DifferenceAverage', (4 * 1 + 2 * 2 + 2 * 1) / 24);
    close('Id', (16 + 6 / 2 + 2 / 3) / 24);
    close('Idm', (16 + 6 / 2 + 2 / 5) / 24);
    close('InverseVariance', (6 + 2 / 4) / 24);
    close('Autocorrelation', (4 + 2 * 2 * 2 + 2 * 3 + 4 * 4 + 6 * 9 + 2 * 12 + 2 * 16) / 24);
    close('SumAverage', 55 / 12);
    const variance = (7 * 1 + 6 * 4 + 8 * 9 + 3 * 16) / 24 - (55 / 24) ** 2;
    close('SumSquares', variance);
    close('Correlation', (144 / 24 - (55 / 24) ** 2) / variance);
    const entropy = [4, 2, 1, 2, 4, 1, 6, 1, 1, 2].reduce((sum, n) => sum - (n / 24) * Math.log2(n / 24), 0);
    close('JointEntropy', entropy);
    const hx = [7, 6, 8, 3].reduce((sum, n) => sum - (n / 24) * Math.log2(n / 24), 0);
    close('Imc1', (entropy - 2 * hx) / hx);
    close('Imc2', Math.sqrt(1 - Math.exp(-2 * (2 * hx - entropy))));
  });
});

describe('co-occurrence features', () => {
  it('of one level are those that the descriptions name', () => {
    expect(glcmFeatures(planOf([1, 1, 1, 1], [2, 2, 1], '3d-average'))).toMatchObject({
      Correlation: 1,
      MCC: 1,
      Imc1: 0,
      Imc2: 0,
      JointEnergy: 1,
      JointEntropy: 0,
      Contrast: 0,
      InverseVariance: 0,
      Id: 1,
      Idn: 1,
      SumEntropy: 0,
    });
  });

  it('leave out directions in which nobody has a neighbour, and are missing when nobody has any', () => {
    const line = glcmFeatures(planOf([1, 2, 1, 2], [4, 1, 1], '3d-average'));
    expect(line.Contrast).toBe(1);
    expect(glcmFeatures(planOf([1, 0, 0, 2], [4, 1, 1], '3d-average'))).toEqual({});
  });

  it('have MCC as the second largest absolute eigenvalue, worked out for 2×2: |p₁₁/p₁ + p₂₂/p₂ − 1|', () => {
    const f = glcmFeatures(planOf([1, 1, 2, 1, 2, 2, 2, 1], [8, 1, 1], '3d-average'));
    // pairs 11 12 21 12 22 22 21: symmetric counts 11: 2, 12: 4, 22: 4 → p₁ = 6/14, p₂ = 8/14
    expect(f.MCC).toBeCloseTo(Math.abs(2 / 6 + 4 / 8 - 1), 12);
  });

  it('keep to their ranges for any image, and merging equals averaging when there is one direction', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 27, maxLength: 27 }), (levels) => {
        const f = glcmFeatures(planOf(levels, [3, 3, 3], '3d-merge'));
        expect(f.JointEnergy).toBeLessThanOrEqual(1 + 1e-12);
        expect(f.MCC).toBeGreaterThanOrEqual(0);
        expect(f.MCC).toBeLessThanOrEqual(1);
        expect(f.SumVariance! + f.Contrast!).toBeCloseTo(4 * f.SumSquares!, 9);
        const [merged, averaged] = (['3d-merge', '3d-average'] as const).map((aggregation) =>
          glcmFeatures(alongX(planOf(levels, [3, 3, 3], aggregation))),
        );
        for (const [name, value] of Object.entries(merged!)) expect(averaged![name]).toBeCloseTo(value, 12);
      }),
      { numRuns: 50 },
    );
  });
});
