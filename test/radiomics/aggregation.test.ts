/** Directions, voxel sets and means. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bothWays, directions, matrixPlan, meanFeatures } from '../../lib/radiomics/aggregation.ts';
import { examplePlan, planOf } from './example.ts';

describe('directions', () => {
  it('are 13 in space and 4 in a slice, 62 with the second shell', () => {
    expect(directions([1]).length).toBe(13);
    expect(directions([1], 'y').every(([, y]) => y === 0)).toBe(true);
    expect(directions([1], 'y').length).toBe(4);
    expect(directions([1, 2]).length).toBe((5 ** 3 - 1) / 2);
  });

  it('are merged or kept apart, over slices that are merged or kept apart', () => {
    const kept = (aggregation: Parameters<typeof planOf>[2]) => {
      const { groups, steps, perDirection } = planOf(new Array(27).fill(1), [3, 3, 3], aggregation);
      return [groups.length, steps.length, perDirection];
    };
    expect(kept('3d-merge')).toEqual([1, 13, false]);
    expect(kept('2.5d-average')).toEqual([1, 4, true]);
    expect(kept('2d-average')).toEqual([3, 4, true]);
    expect(examplePlan().groups.length).toBe(1);
  });

  it('are one half of space: of a direction and its opposite one is there, for any distances', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 3 }), { minLength: 1 }), (distances) => {
        const found = new Set(directions(distances).map((each) => each.join()));
        for (const each of directions(distances)) expect(found.has(each.map((v) => -v + 0).join())).toBe(false);
        const shells = distances.reduce((sum, d) => sum + (2 * d + 1) ** 3 - (2 * d - 1) ** 3, 0);
        expect(2 * found.size).toBe(shells);
      }),
    );
  });
});

describe('matrixPlan', () => {
  it('has the voxels of each slice across the axis in 2-D', () => {
    const { grid } = planOf([1, 1, 0, 1, 1, 1, 1, 0], [2, 2, 2], '3d-merge');
    const groups = (sliceAxis: 'x' | 'z') =>
      matrixPlan(grid, { aggregation: '2d-merge', sliceAxis, distances: [1] }).groups.map((group) => group.length);
    expect(groups('z')).toEqual([3, 3]); // 1 1 | 0 1 and 1 1 | 1 0
    expect(groups('x')).toEqual([3, 3]);
  });
  it('lets a family have distances of its own', () => {
    const { grid } = planOf(new Array(27).fill(1), [3, 3, 3], '3d-merge');
    const sampling = { aggregation: '3d-average', sliceAxis: 'z', distances: [1, 2] } as const;
    expect(matrixPlan(grid, sampling, [1]).directions).toHaveLength(13);
  });
});

it('bothWays has every step and its opposite', () => {
  expect([...bothWays(Int32Array.of(1, 5))]).toEqual([1, 5, -1, -5]);
});

describe('meanFeatures', () => {
  it('is the mean of each feature, nothing of no matrices', () => {
    expect(
      meanFeatures([
        { a: 1, b: 4 },
        { a: 3, b: NaN },
      ]),
    ).toEqual({ a: 2, b: NaN });
    expect(meanFeatures([])).toEqual({});
  });
});
