/**
 * Grey level run length matrix (GLRLM, IBSI TP0I): N(i, j) runs of exactly j neighbouring voxels of level i in one
 * direction. Symbols: see sizeMatrix.ts. Source: Galloway 1975, doi:10.1016/S0146-664X(75)80008-6; IBSI manual 3.7.
 *
 * Worked example, direction x of the 4×4 image (rows) 1 1 2 2 / 1 1 2 2 / 1 3 3 3 / 3 3 4 4:
 * runs 1 of length 1, 2, 2; 2 of 2, 2; 3 of 2, 3; 4 of 2. N = 8 runs of 16 voxels, so the run percentage is 1/2 and
 * the short run emphasis (1 + 6/4 + 1/9)/8 = 94/288.
 * Every feature with a worked example: docs/features/glrlm.md.
 */
import type { Vec3 } from '../volume/volume.ts';
import { type FeatureValues, type MatrixPlan, meanFeatures } from './aggregation.ts';
import { entriesOf, type SizeMatrix, sizeMatrixFeatures } from './sizeMatrix.ts';

/**
 * Adds the runs of one set of voxels along one step to `into`, whose row i − 1 holds the lengths 1 … width of level i.
 */
function countRuns(levels: Uint16Array, voxels: Int32Array, step: number, into: Uint32Array, width: number): void {
  for (let k = 0; k < voxels.length; k++) {
    const begin = voxels[k]!;
    const level = levels[begin]!;
    if (levels[begin - step] === level) continue;
    let length = 1;
    for (let at = begin + step; levels[at] === level; at += step) length++;
    into[(level - 1) * width + length - 1]!++;
  }
}

/** Whether some straight line of voxels along a direction meets the set twice. */
function hasLine({ grid }: MatrixPlan, voxels: Int32Array, [dx, dy, dz]: Vec3, step: number): boolean {
  const { levels, roi } = grid;
  const { shape } = roi;
  if (voxels.some((at) => levels[at + step] !== 0)) return true;
  const base = 4 * Math.max(...shape);
  // Voxels on one line have the same cross product with its direction.
  const lines = new Set<number>();
  for (const at of voxels) {
    const [x, y, z] = [at % shape[0], Math.floor(at / shape[0]) % shape[1], Math.floor(at / (shape[0] * shape[1]))];
    lines.add(((y * dz - z * dy) * base + (z * dx - x * dz)) * base + x * dy - y * dx);
  }
  return lines.size < voxels.length;
}

/**
 * The steps that say something about a set of voxels: as in PyRadiomics, directions along which no line meets it twice,
 * such as those across the only slice, are left out. All, when that would leave none.
 */
function usefulSteps(plan: MatrixPlan, voxels: Int32Array): Int32Array {
  const useful = plan.steps.filter((step, d) => hasLine(plan, voxels, plan.directions[d]!, step));
  return useful.length > 0 ? useful : plan.steps;
}

const widthOf = ({ grid: { roi } }: MatrixPlan): number => Math.max(...roi.shape) - 2 * roi.margin;

/** The matrices of directions added, each times the distance of its neighbours in mm where that weights them. */
function addedRuns(plan: MatrixPlan, voxels: Int32Array, steps: readonly number[], width: number) {
  const { grid, distancesMm } = plan;
  const counts = new Uint32Array(grid.levelCount * width);
  if (!distancesMm) {
    for (const step of steps) countRuns(grid.levels, voxels, step, counts, width);
    return counts;
  }
  const sum = new Float64Array(counts.length);
  for (const step of steps) {
    counts.fill(0);
    countRuns(grid.levels, voxels, step, counts, width);
    const mm = distancesMm[plan.steps.indexOf(step)]!;
    for (let at = 0; at < sum.length; at++) sum[at]! += mm * counts[at]!;
  }
  return sum;
}

/** One matrix for each set of voxels and, unless merged, each direction: levelCount rows of `width` run lengths. */
export function runLengthMatrices(plan: MatrixPlan): { matrices: (Uint32Array | Float64Array)[]; width: number } {
  const width = widthOf(plan);
  const matrices = plan.groups.flatMap((voxels) => {
    const steps = Array.from(usefulSteps(plan, voxels));
    const together = plan.perDirection ? steps.map((step) => [step]) : [steps];
    return together.map((own) => addedRuns(plan, voxels, own, width));
  });
  return { matrices, width };
}

function glrlmOf(matrix: SizeMatrix): FeatureValues {
  const f = sizeMatrixFeatures(matrix);
  return {
    /** Σ p(i, j) / j². IBSI 22OV. 1 when all runs have length 1. */
    ShortRunEmphasis: f.smallSize,
    /** Σ p(i, j) j². IBSI W4KF. */
    LongRunEmphasis: f.largeSize,
    /** Σ p(i, j) / i². IBSI V3SW. */
    LowGrayLevelRunEmphasis: f.lowLevel,
    /** Σ p(i, j) i². IBSI G3QZ. */
    HighGrayLevelRunEmphasis: f.highLevel,
    /** Σ p(i, j) / (i² j²). IBSI HTZT. */
    ShortRunLowGrayLevelEmphasis: f.smallLow,
    /** Σ p(i, j) i² / j². IBSI GD3A. */
    ShortRunHighGrayLevelEmphasis: f.smallHigh,
    /** Σ p(i, j) j² / i². IBSI IVPO. */
    LongRunLowGrayLevelEmphasis: f.largeLow,
    /** Σ p(i, j) i² j². IBSI 3KUM. */
    LongRunHighGrayLevelEmphasis: f.largeHigh,
    /** Σᵢ (Σⱼ N(i, j))² / N. IBSI R5YN. One level: N. */
    GrayLevelNonUniformity: f.levelNonUniformity,
    /** Σᵢ (Σⱼ N(i, j))² / N². IBSI OVBL. One level: 1. */
    GrayLevelNonUniformityNormalized: f.levelNonUniformityNormalised,
    /** Σⱼ (Σᵢ N(i, j))² / N. IBSI W92Y. */
    RunLengthNonUniformity: f.sizeNonUniformity,
    /** Σⱼ (Σᵢ N(i, j))² / N². IBSI IC23. */
    RunLengthNonUniformityNormalized: f.sizeNonUniformityNormalised,
    /** N / Σ j N(i, j). IBSI 9ZK5. 1 when all runs have length 1. */
    RunPercentage: f.percentage,
    /** Σ p(i, j) (i − μ)², μ = Σ i p(i, j). IBSI 8CE5. One level: 0. */
    GrayLevelVariance: f.levelVariance,
    /** Σ p(i, j) (j − μ)², μ = Σ j p(i, j). IBSI SXLW. Equal lengths: 0. */
    RunVariance: f.sizeVariance,
    /** −Σ p(i, j) log₂ p(i, j). IBSI HJ9O. One entry: 0. */
    RunEntropy: f.entropy,
  };
}

/** All features of the family, aggregated as the plan says. */
export function glrlmFeatures(plan: MatrixPlan): FeatureValues {
  const { matrices, width } = runLengthMatrices(plan);
  return meanFeatures(matrices.map((matrix) => glrlmOf(entriesOf(matrix, width))));
}
