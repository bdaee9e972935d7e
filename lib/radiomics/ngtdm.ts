/**
 * Neighbourhood grey tone difference matrix (NGTDM, IBSI IPET): for each level i the number nᵢ of its voxels and the
 * sum sᵢ of |i − mean of the neighbours| over them. Neighbours are the 26 voxels around (8 within slices) that belong
 * to the ROI. Symbols: N = Σ nᵢ, pᵢ = nᵢ / N, g the number of levels with nᵢ > 0; sums over i, j run over those levels.
 * Source: Amadasun and King 1989, doi:10.1109/21.44046; IBSI manual 3.10.
 *
 * A voxel without neighbours counts in nᵢ with a difference of 0, as in PyRadiomics;
 * IBSI leaves it out of nᵢ (`isolated`).
 *
 * Worked example, the 4×4 image (rows) 1 1 2 2 / 1 1 2 2 / 1 3 3 3 / 3 3 4 4: n = 5, 4, 5, 2 and
 * s = 11/4, 37/40, 28/15, 22/15 (the unit test lists the sixteen differences).
 * Every feature with a worked example: docs/features/ngtdm.md.
 */
import { bothWays, type FeatureValues, type MatrixPlan, meanFeatures } from './aggregation.ts';

/** nᵢ and sᵢ of level i at index i − 1. */
export interface ToneDifferences {
  readonly counts: Float64Array;
  readonly differences: Float64Array;
}

/** What a voxel without neighbours in the ROI does: `count` in nᵢ (PyRadiomics) or `skip` (IBSI). */
export type Isolated = 'count' | 'skip';

/** One matrix for each set of voxels of the plan. */
export function toneDifferences(
  { grid: { levels, levelCount }, groups, steps }: MatrixPlan,
  isolated: Isolated,
): ToneDifferences[] {
  const all = bothWays(steps);
  return groups.map((voxels) => {
    const counts = new Float64Array(levelCount);
    const differences = new Float64Array(levelCount);
    for (let k = 0; k < voxels.length; k++) {
      const at = voxels[k]!;
      const level = levels[at]!;
      let [sum, neighbours] = [0, 0];
      for (let s = 0; s < all.length; s++) {
        const other = levels[at + all[s]!]!;
        sum += other;
        if (other !== 0) neighbours++;
      }
      if (neighbours > 0) differences[level - 1]! += Math.abs(level - sum / neighbours);
      if (neighbours > 0 || isolated === 'count') counts[level - 1]!++;
    }
    return { counts, differences };
  });
}

function ngtdmOf({ counts, differences }: ToneDifferences): FeatureValues {
  const present = Array.from(counts.keys()).filter((at) => counts[at]! > 0);
  const level = present.map((at) => at + 1);
  const total = counts.reduce((a, b) => a + b, 0);
  const p = present.map((at) => counts[at]! / total);
  const s = present.map((at) => differences[at]!);
  const g = present.length;
  const sumS = s.reduce((a, b) => a + b, 0);
  const sumPs = p.reduce((sum, value, a) => sum + value * s[a]!, 0);
  // Σ |i pᵢ − j pⱼ| is 0 where all i nᵢ are equal, whole numbers that no rounding parts
  const isBalanced = present.every((at, a) => level[a]! * counts[at]! === level[0]! * counts[present[0]!]!);
  let [squares, weighted, busy, complex] = [0, 0, 0, 0];
  for (let a = 0; a < g; a++) {
    for (let b = 0; b < g; b++) {
      const distance = Math.abs(level[a]! - level[b]!);
      squares += p[a]! * p[b]! * distance ** 2;
      weighted += (p[a]! + p[b]!) * distance ** 2;
      busy += Math.abs(level[a]! * p[a]! - level[b]! * p[b]!);
      complex += (distance * (p[a]! * s[a]! + p[b]! * s[b]!)) / (p[a]! + p[b]!);
    }
  }
  return {
    /** 1 / Σ pᵢ sᵢ. IBSI QCDE. A homogeneous ROI, Σ = 0: 10⁶. */
    Coarseness: sumPs === 0 ? 1e6 : 1 / sumPs,
    /** (Σᵢ Σⱼ pᵢ pⱼ (i − j)² / (g (g − 1))) (Σ sᵢ / N). IBSI 65HE. One level: 0. */
    Contrast: g < 2 ? 0 : (squares / (g * (g - 1))) * (sumS / total),
    /** Σ pᵢ sᵢ / Σᵢ Σⱼ |i pᵢ − j pⱼ|. IBSI NQ30. One level, or a divisor of 0: 0. */
    Busyness: g < 2 || isBalanced ? 0 : sumPs / busy,
    /** Σᵢ Σⱼ |i − j| (pᵢ sᵢ + pⱼ sⱼ) / (pᵢ + pⱼ) / N. IBSI HDEZ. One level: 0. */
    Complexity: complex / total,
    /** Σᵢ Σⱼ (pᵢ + pⱼ) (i − j)² / Σ sᵢ. IBSI 1X9X. Σ sᵢ = 0: 0. */
    Strength: sumS === 0 ? 0 : weighted / sumS,
  };
}

/**
 * All features of the family, aggregated as the plan says (directions play no part). Slices
 * of isolated voxels only are left out.
 */
export function ngtdmFeatures(plan: MatrixPlan, isolated: Isolated = 'count'): FeatureValues {
  const matrices = toneDifferences(plan, isolated).filter(({ counts }) => counts.some((n) => n > 0));
  return meanFeatures(matrices.map(ngtdmOf));
}
