import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { glszmFeatures, sizeZoneMatrices } from '../../lib/radiomics/glszm.ts';
import { examplePlan, planOf } from './example.ts';

const zonesOf = (plan: ReturnType<typeof examplePlan>): number[][] => {
  const [{ levels, sizes, counts }] = sizeZoneMatrices(plan) as [ReturnType<typeof sizeZoneMatrices>[number]];
  return Array.from(counts, (count, e) => [levels[e]!, sizes[e]!, count]).sort(
    (a, b) => a[0]! - b[0]! || a[1]! - b[1]!,
  );
};

describe('size zones of the 4×4 example', () => {
  it('are one for each level', () => {
    expect(zonesOf(examplePlan())).toEqual([
      [1, 5, 1],
      [2, 4, 1],
      [3, 5, 1],
      [4, 2, 1],
    ]);
  });

  it('have the features that are worked out by hand', () => {
    const f = glszmFeatures(examplePlan());
    expect(f.ZonePercentage).toBe(4 / 16);
    expect(f.SmallAreaEmphasis).toBeCloseTo((2 / 25 + 1 / 16 + 1 / 4) / 4, 12);
    expect(f.LargeAreaEmphasis).toBeCloseTo((25 + 16 + 25 + 4) / 4, 12);
    expect(f.ZoneEntropy).toBeCloseTo(2, 12);
    expect(f.SizeZoneNonUniformity).toBeCloseTo((4 + 1 + 1) / 4, 12);
    expect(f.ZoneVariance).toBeCloseTo(70 / 4 - 16, 12);
    expect(f.HighGrayLevelZoneEmphasis).toBeCloseTo(30 / 4, 12);
  });
});

describe('size zones', () => {
  it('connect over corners between slices in 3-D, not in 2.5-D', () => {
    const levels = [1, 0, 0, 0, 0, 0, 0, 1];
    expect(zonesOf(planOf(levels, [2, 2, 2], '3d-average'))).toEqual([[1, 2, 1]]);
    expect(zonesOf(planOf(levels, [2, 2, 2], '2.5d-average'))).toEqual([[1, 1, 2]]);
  });

  it('hold every voxel once', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 36, maxLength: 36 }), (levels) => {
        fc.pre(levels.some((level) => level > 0));
        const zones = zonesOf(planOf(levels, [3, 4, 3], '3d-average'));
        expect(zones.reduce((sum, [, size, count]) => sum + size! * count!, 0)).toBe(
          levels.filter((level) => level > 0).length,
        );
      }),
      { numRuns: 100 },
    );
  });
});
