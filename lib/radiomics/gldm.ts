/**
 * Grey level dependence matrix (PyRadiomics' GLDM, IBSI's NGLDM, REK0): N(i, j) voxels of level i of which j − 1
 * neighbours depend on them, that is differ by at most α levels. Neighbours are the 26 voxels around (8 within slices,
 * more for greater distances) that belong to the ROI. Symbols: see sizeMatrix.ts.
 * Source: Sun and Wee 1983, doi:10.1016/0734-189X(83)90032-4; IBSI manual 3.11.
 *
 * Worked example, α = 0, the 4×4 image (rows) 1 1 2 2 / 1 1 2 2 / 1 3 3 3 / 3 3 4 4: numbers of equal neighbours
 * 3 3 3 3 / 4 4 3 3 / 2 3 3 1 / 2 3 1 1. So N(1, ·): one voxel of j = 3, two of 4, two of 5; N(2, ·): four of 4;
 * N(3, ·): one of 2, one of 3, three of 4; N(4, ·): two of 2. Largest j = 5.
 * Every feature with a worked example: docs/features/gldm.md.
 */
import { bothWays, type FeatureValues, type MatrixPlan, meanFeatures } from './aggregation.ts';
import { entriesOf, type SizeMatrix, sizeMatrixFeatures } from './sizeMatrix.ts';

/**
 * One matrix for each set of voxels: levelCount rows; column j − 1 holds the voxels with j − 1 dependent neighbours.
 */
export function dependenceMatrices(
  { grid: { levels, levelCount }, groups, steps }: MatrixPlan,
  alpha: number,
): { matrices: Uint32Array[]; width: number } {
  const all = bothWays(steps);
  const width = all.length + 1;
  const coarseness = Math.min(levelCount, Math.floor(alpha)); // levels are whole numbers
  const matrices = groups.map((voxels) => {
    const matrix = new Uint32Array(levelCount * width);
    for (let k = 0; k < voxels.length; k++) {
      const at = voxels[k]!;
      const level = levels[at]!;
      // background, 0, is below the range; one comparison of numbers without sign asks for both of its ends
      const least = Math.max(1, level - coarseness);
      const range = level + coarseness - least;
      let dependent = 0;
      for (let s = 0; s < all.length; s++) if ((levels[at + all[s]!]! - least) >>> 0 <= range) dependent++;
      matrix[(level - 1) * width + dependent]!++;
    }
    return matrix;
  });
  return { matrices, width };
}

function gldmOf(matrix: SizeMatrix): FeatureValues {
  const f = sizeMatrixFeatures(matrix);
  return {
    /** Σ p(i, j) / j². IBSI SODN. 1 when no voxel has a dependent neighbour. */
    SmallDependenceEmphasis: f.smallSize,
    /** Σ p(i, j) j². IBSI IMOQ. */
    LargeDependenceEmphasis: f.largeSize,
    /** Σ p(i, j) / i². IBSI TL9H. */
    LowGrayLevelEmphasis: f.lowLevel,
    /** Σ p(i, j) i². IBSI OAE7. */
    HighGrayLevelEmphasis: f.highLevel,
    /** Σ p(i, j) / (i² j²). IBSI EQ3F. */
    SmallDependenceLowGrayLevelEmphasis: f.smallLow,
    /** Σ p(i, j) i² / j². IBSI JA6D. */
    SmallDependenceHighGrayLevelEmphasis: f.smallHigh,
    /** Σ p(i, j) j² / i². IBSI NBZI. */
    LargeDependenceLowGrayLevelEmphasis: f.largeLow,
    /** Σ p(i, j) i² j². IBSI 9QMG. */
    LargeDependenceHighGrayLevelEmphasis: f.largeHigh,
    /** Σᵢ (Σⱼ N(i, j))² / N. IBSI FP8K. One level: N. */
    GrayLevelNonUniformity: f.levelNonUniformity,
    /**
     * Σᵢ (Σⱼ N(i, j))² / N². IBSI 5SPA. Equals the uniformity of the histogram;
     * PyRadiomics leaves it out. One level: 1.
     */
    GrayLevelNonUniformityNormalized: f.levelNonUniformityNormalised,
    /** Σⱼ (Σᵢ N(i, j))² / N. IBSI Z87G. */
    DependenceNonUniformity: f.sizeNonUniformity,
    /** Σⱼ (Σᵢ N(i, j))² / N². IBSI OKJI. */
    DependenceNonUniformityNormalized: f.sizeNonUniformityNormalised,
    /** N / number of voxels. IBSI 6XV8. Always 1 here, as every voxel has a dependence; PyRadiomics leaves it out. */
    DependencePercentage: 1,
    /** Σ p(i, j) (i − μ)², μ = Σ i p(i, j). IBSI 1PFV. One level: 0. */
    GrayLevelVariance: f.levelVariance,
    /** Σ p(i, j) (j − μ)², μ = Σ j p(i, j). IBSI DNX2. Equal dependences: 0. */
    DependenceVariance: f.sizeVariance,
    /** −Σ p(i, j) log₂ p(i, j). IBSI FCBV. One entry: 0. */
    DependenceEntropy: f.entropy,
    /** Σ p(i, j)². IBSI CAS9. PyRadiomics leaves it out. One entry: 1. */
    DependenceEnergy: f.energy,
  };
}

/**
 * All features of the family, aggregated as the plan says (directions play no part).
 * `alpha`: the coarseness, in levels.
 */
export function gldmFeatures(plan: MatrixPlan, alpha = 0): FeatureValues {
  const { matrices, width } = dependenceMatrices(plan, alpha);
  return meanFeatures(matrices.map((matrix) => gldmOf(entriesOf(matrix, width))));
}
