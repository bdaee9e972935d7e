/**
 * Features of a matrix of grey level × size, which run-length, size-zone and dependence matrices share.
 *
 * N(i, j) counts the runs (zones, voxels) of grey level i and size j; N = Σ N(i, j); p(i, j) = N(i, j) / N.
 * With few sizes among many possible ones the matrix is kept as a list of its entries.
 */
import type { FeatureValues } from './aggregation.ts';

/** The entries that are not 0: levels[e], sizes[e] (both from 1) and counts[e]. */
export interface SizeMatrix {
  readonly levels: ArrayLike<number>;
  readonly sizes: ArrayLike<number>;
  readonly counts: ArrayLike<number>;
}

/** The entries of a dense matrix whose row i − 1 holds the sizes 1 … width of level i. */
export function entriesOf(dense: ArrayLike<number>, width: number): SizeMatrix {
  const [levels, sizes, counts]: number[][] = [[], [], []];
  for (let at = 0; at < dense.length; at++) {
    if (dense[at] === 0) continue;
    levels.push(Math.floor(at / width) + 1);
    sizes.push((at % width) + 1);
    counts.push(dense[at]!);
  }
  return { levels, sizes, counts };
}

/** Sum of the squares of the row (or column) sums. */
function squaredSums(keys: ArrayLike<number>, counts: ArrayLike<number>): number {
  const sums = new Map<number, number>();
  for (let e = 0; e < keys.length; e++) sums.set(keys[e]!, (sums.get(keys[e]!) ?? 0) + counts[e]!);
  let total = 0;
  for (const sum of sums.values()) total += sum * sum;
  return total;
}

/**
 * The features by generic names, "size" standing for run length, zone size or dependence. With N = 0 all are NaN.
 * An only entry has variances and entropy 0 and normalised non-uniformities 1.
 */
export function sizeMatrixFeatures({ levels, sizes, counts }: SizeMatrix) {
  let [total, voxels, meanLevel, meanSize] = [0, 0, 0, 0];
  let [smallSize, largeSize, lowLevel, highLevel] = [0, 0, 0, 0];
  let [smallLow, smallHigh, largeLow, largeHigh] = [0, 0, 0, 0];
  for (let e = 0; e < counts.length; e++) {
    const [i2, j2, n] = [levels[e]! ** 2, sizes[e]! ** 2, counts[e]!];
    total += n;
    voxels += n * sizes[e]!;
    meanLevel += n * levels[e]!;
    meanSize += n * sizes[e]!;
    smallSize += n / j2;
    largeSize += n * j2;
    lowLevel += n / i2;
    highLevel += n * i2;
    smallLow += n / (i2 * j2);
    smallHigh += (n * i2) / j2;
    largeLow += (n * j2) / i2;
    largeHigh += n * i2 * j2;
  }
  meanLevel /= total;
  meanSize /= total;
  let [levelVariance, sizeVariance, entropy, energy] = [0, 0, 0, 0];
  for (let e = 0; e < counts.length; e++) {
    const p = counts[e]! / total;
    levelVariance += p * (levels[e]! - meanLevel) ** 2;
    sizeVariance += p * (sizes[e]! - meanSize) ** 2;
    entropy -= p * Math.log2(p);
    energy += p * p;
  }
  const levelNonUniformity = squaredSums(levels, counts) / total;
  const sizeNonUniformity = squaredSums(sizes, counts) / total;
  return {
    /** Σ p(i, j) / j². */
    smallSize: smallSize / total,
    /** Σ p(i, j) j². */
    largeSize: largeSize / total,
    /** Σ p(i, j) / i². */
    lowLevel: lowLevel / total,
    /** Σ p(i, j) i². */
    highLevel: highLevel / total,
    /** Σ p(i, j) / (i² j²). */
    smallLow: smallLow / total,
    /** Σ p(i, j) i² / j². */
    smallHigh: smallHigh / total,
    /** Σ p(i, j) j² / i². */
    largeLow: largeLow / total,
    /** Σ p(i, j) i² j². */
    largeHigh: largeHigh / total,
    /** Σᵢ (Σⱼ N(i, j))² / N. */
    levelNonUniformity,
    /** Σᵢ (Σⱼ N(i, j))² / N². */
    levelNonUniformityNormalised: levelNonUniformity / total,
    /** Σⱼ (Σᵢ N(i, j))² / N. */
    sizeNonUniformity,
    /** Σⱼ (Σᵢ N(i, j))² / N². */
    sizeNonUniformityNormalised: sizeNonUniformity / total,
    /** N / Σ j N(i, j): runs (zones) per voxel; 1 when every size is 1. */
    percentage: total / voxels,
    /** Σ p(i, j) (i − μᵢ)². */
    levelVariance,
    /** Σ p(i, j) (j − μⱼ)². */
    sizeVariance,
    /** −Σ p(i, j) log₂ p(i, j). */
    entropy,
    /** Σ p(i, j)². */
    energy,
  } satisfies FeatureValues;
}
