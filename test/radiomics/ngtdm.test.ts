import { describe, expect, it } from 'vitest';
import { ngtdmFeatures, toneDifferences } from '../../lib/radiomics/ngtdm.ts';
import { examplePlan, planOf } from './example.ts';

describe('tone differences of the 4×4 example', () => {
  it('add up to the sums worked out by hand', () => {
    // |level − mean of its neighbours|, row by row: 0 2/5 2/5 0 / 2/5 3/4 1/8 2/5 / 6/5 3/4 1/4 0 / 2/3 1/5 4/5 2/3
    const [{ counts, differences }] = toneDifferences(examplePlan(), 'count') as [
      ReturnType<typeof toneDifferences>[number],
    ];
    expect([...counts]).toEqual([5, 4, 5, 2]);
    const wanted = [
      0 + 2 / 5 + 2 / 5 + 3 / 4 + 6 / 5,
      2 / 5 + 0 + 1 / 8 + 2 / 5,
      3 / 4 + 1 / 4 + 0 + 2 / 3 + 1 / 5,
      4 / 5 + 2 / 3,
    ];
    expect(wanted[0]).toBeCloseTo(11 / 4, 12);
    wanted.forEach((value, i) => expect(differences[i]).toBeCloseTo(value, 12));
  });

  it('have the features that are worked out by hand', () => {
    const [p, s] = [
      [5 / 16, 4 / 16, 5 / 16, 2 / 16],
      [11 / 4, 37 / 40, 28 / 15, 22 / 15],
    ];
    const sumPs = ((5 * 11) / 4 + (4 * 37) / 40 + (5 * 28) / 15 + (2 * 22) / 15) / 16;
    const sumS = 11 / 4 + 37 / 40 + 28 / 15 + 22 / 15;
    const f = ngtdmFeatures(examplePlan());
    expect(f.Coarseness).toBeCloseTo(1 / sumPs, 12);
    // Twice the sum over pairs of levels of p p (i − j)².
    const spread = (2 * (20 * 1 + 25 * 4 + 10 * 9 + 20 * 1 + 8 * 4 + 10 * 1)) / 256;
    expect(f.Contrast).toBeCloseTo((spread / 12) * (sumS / 16), 12);
    // |i pᵢ − j pⱼ| of 5, 8, 15, 8 sixteenths.
    expect(f.Busyness).toBeCloseTo(sumPs / ((2 * (3 + 10 + 3 + 7 + 0 + 7)) / 16), 12);
    expect(f.Strength).toBeCloseTo((2 * (9 * 1 + 10 * 4 + 7 * 9 + 9 * 1 + 6 * 4 + 7 * 1)) / 16 / sumS, 12);
    const pair = (a: number, b: number): number => ((b - a) * (p[a]! * s[a]! + p[b]! * s[b]!)) / (p[a]! + p[b]!);
    expect(f.Complexity).toBeCloseTo(
      (2 * (pair(0, 1) + pair(0, 2) + pair(0, 3) + pair(1, 2) + pair(1, 3) + pair(2, 3))) / 16,
      12,
    );
  });
});

describe('tone difference features', () => {
  it('of one level are those that the descriptions name', () => {
    expect(ngtdmFeatures(planOf([1, 1, 1, 1], [2, 2, 1], '3d-average'))).toEqual({
      Coarseness: 1e6,
      Contrast: 0,
      Busyness: 0,
      Complexity: 0,
      Strength: 0,
    });
  });

  it('of levels with equal i nᵢ have no busyness, though the shares pᵢ are rounded', () => {
    // 2·3 and 3·2 of 5 voxels; 2 · (3/5) is not 3 · (2/5) in doubles
    expect(2 * (3 / 5)).not.toBe(3 * (2 / 5));
    const plan = planOf([2, 2, 2, 3, 3], [5, 1, 1], '3d-average');
    expect(ngtdmFeatures(plan).Busyness).toBe(0);
  });

  it('count a voxel without neighbours, or skip it', () => {
    const plan = planOf([1, 2, 0, 3], [4, 1, 1], '3d-average');
    expect([...toneDifferences(plan, 'count')[0]!.counts]).toEqual([1, 1, 1]);
    expect([...toneDifferences(plan, 'skip')[0]!.counts]).toEqual([1, 1, 0]);
    expect(ngtdmFeatures(planOf([1, 0, 3], [3, 1, 1], '3d-average'), 'skip')).toEqual({});
  });
});
