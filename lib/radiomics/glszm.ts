/**
 * Grey level size zone matrix (GLSZM, IBSI 9SAK): N(i, j) zones of exactly j connected voxels of level i. Voxels
 * connect over faces, edges and corners (26 neighbours; 8 within slices). Symbols: see sizeMatrix.ts.
 * Source: Thibault et al. 2009; IBSI manual 3.8.
 *
 * Worked example, the 4×4 image (rows) 1 1 2 2 / 1 1 2 2 / 1 3 3 3 / 3 3 4 4: one zone for each level, of 5, 4, 5 and 2
 * voxels. N = 4, so the zone percentage is 4/16, the small area emphasis (2/25 + 1/16 + 1/4)/4 and the zone entropy 2.
 * Every feature with a worked example: docs/features/glszm.md.
 */
import { bothWays, type FeatureValues, type MatrixPlan, meanFeatures } from './aggregation.ts';
import { type SizeMatrix, sizeMatrixFeatures } from './sizeMatrix.ts';

/** Size of the zone of voxel `begin`, whose voxels are set to 0 in `levels`. `stack` has room for all voxels. */
function eatZone(levels: Uint16Array, begin: number, steps: Int32Array, stack: Int32Array): number {
  const level = levels[begin]!;
  let [size, top] = [1, 1];
  stack[0] = begin;
  levels[begin] = 0;
  while (top > 0) {
    const at = stack[--top]!;
    for (let s = 0; s < steps.length; s++) {
      const next = at + steps[s]!;
      if (levels[next] !== level) continue;
      levels[next] = 0;
      stack[top++] = next;
      size++;
    }
  }
  return size;
}

/** One list of entries for each set of voxels of the plan. */
export function sizeZoneMatrices({ grid: { levels, levelCount, roi }, groups, steps }: MatrixPlan): SizeMatrix[] {
  const left = levels.slice();
  const stack = new Int32Array(roi.voxels.length);
  const all = bothWays(steps);
  return groups.map((voxels) => {
    const zones = new Map<number, number>();
    for (let k = 0; k < voxels.length; k++) {
      const level = left[voxels[k]!]!;
      if (level === 0) continue;
      const key = level + (levelCount + 1) * eatZone(left, voxels[k]!, all, stack);
      zones.set(key, (zones.get(key) ?? 0) + 1);
    }
    const keys = [...zones.keys()];
    return {
      levels: keys.map((key) => key % (levelCount + 1)),
      sizes: keys.map((key) => Math.floor(key / (levelCount + 1))),
      counts: [...zones.values()],
    };
  });
}

function glszmOf(matrix: SizeMatrix): FeatureValues {
  const f = sizeMatrixFeatures(matrix);
  return {
    /** Σ p(i, j) / j². IBSI 5QRC. */
    SmallAreaEmphasis: f.smallSize,
    /** Σ p(i, j) j². IBSI 48P8. */
    LargeAreaEmphasis: f.largeSize,
    /** Σ p(i, j) / i². IBSI XMSY. */
    LowGrayLevelZoneEmphasis: f.lowLevel,
    /** Σ p(i, j) i². IBSI 5GN9. */
    HighGrayLevelZoneEmphasis: f.highLevel,
    /** Σ p(i, j) / (i² j²). IBSI 5RAI. */
    SmallAreaLowGrayLevelEmphasis: f.smallLow,
    /** Σ p(i, j) i² / j². IBSI HW1V. */
    SmallAreaHighGrayLevelEmphasis: f.smallHigh,
    /** Σ p(i, j) j² / i². IBSI YH51. */
    LargeAreaLowGrayLevelEmphasis: f.largeLow,
    /** Σ p(i, j) i² j². IBSI J17V. */
    LargeAreaHighGrayLevelEmphasis: f.largeHigh,
    /** Σᵢ (Σⱼ N(i, j))² / N. IBSI JNSA. One level: N. */
    GrayLevelNonUniformity: f.levelNonUniformity,
    /** Σᵢ (Σⱼ N(i, j))² / N². IBSI Y1RO. One level: 1. */
    GrayLevelNonUniformityNormalized: f.levelNonUniformityNormalised,
    /** Σⱼ (Σᵢ N(i, j))² / N. IBSI 4JP3. */
    SizeZoneNonUniformity: f.sizeNonUniformity,
    /** Σⱼ (Σᵢ N(i, j))² / N². IBSI VB3A. */
    SizeZoneNonUniformityNormalized: f.sizeNonUniformityNormalised,
    /** N / Σ j N(i, j). IBSI P30P. 1 when every voxel is a zone. */
    ZonePercentage: f.percentage,
    /** Σ p(i, j) (i − μ)², μ = Σ i p(i, j). IBSI BYLV. One level: 0. */
    GrayLevelVariance: f.levelVariance,
    /** Σ p(i, j) (j − μ)², μ = Σ j p(i, j). IBSI 3NSA. One zone: 0. */
    ZoneVariance: f.sizeVariance,
    /** −Σ p(i, j) log₂ p(i, j). IBSI GU8N. One zone: 0. */
    ZoneEntropy: f.entropy,
  };
}

/** All features of the family, aggregated as the plan says (directions play no part). */
export const glszmFeatures = (plan: MatrixPlan): FeatureValues => meanFeatures(sizeZoneMatrices(plan).map(glszmOf));
