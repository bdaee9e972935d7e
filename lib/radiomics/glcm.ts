/**
 * Grey level co-occurrence matrix (GLCM, IBSI LFYI): how often a voxel of level i has a neighbour of level j in one
 * direction, counted in both senses, so the matrix is symmetric.
 *
 * Symbols: p(i, j) the matrix divided by its sum; p(i) = Σⱼ p(i, j); μ = Σ i p(i), σ² = Σ (i − μ)² p(i);
 * d(k) = Σ p(i, j) over |i − j| = k; s(k) = Σ p(i, j) over i + j = k; G the highest level; logarithms to base 2;
 * HX = −Σ p(i) log p(i), HXY = −Σ p(i, j) log p(i, j). Source: Haralick et al. 1973,
 * doi:10.1109/TSMC.1973.4309314; IBSI 3.6.
 *
 * Worked example, direction x of the 4×4 image (rows) 1 1 2 2 / 1 1 2 2 / 1 3 3 3 / 3 3 4 4 (Haralick's): the matrix is
 * 4 2 1 0 / 2 4 0 0 / 1 0 6 1 / 0 0 1 2, its sum 24. Contrast = (4·1² + 2·2² + 2·1²)/24 = 7/12, joint maximum 6/24,
 * joint average (7·1 + 6·2 + 8·3 + 3·4)/24 = 55/24.
 * Every feature with a worked example: docs/features/glcm.md.
 */
import { type FeatureValues, type MatrixPlan, meanFeatures } from './aggregation.ts';
import { maximalCorrelation } from './maximalCorrelation.ts';

function countPairs(levels: Uint16Array, voxels: Int32Array, step: number, into: Uint32Array, width: number): void {
  for (let k = 0; k < voxels.length; k++) {
    const at = voxels[k]!;
    const neighbour = levels[at + step]!;
    if (neighbour !== 0) into[(levels[at]! - 1) * width + neighbour - 1]!++;
  }
}

/** Adds the transposed matrix: counts in one sense become counts in both. */
function symmetrise(counts: Uint32Array, width: number): void {
  for (let i = 0; i < width; i++) {
    counts[i * width + i]! *= 2;
    for (let j = 0; j < i; j++) {
      const sum = counts[i * width + j]! + counts[j * width + i]!;
      counts[i * width + j] = sum;
      counts[j * width + i] = sum;
    }
  }
}

type Counts = Uint32Array | Float64Array;

/** The matrices of all directions, each times e^(−d²) for neighbours d mm apart, added. */
function weightedSum({ grid, steps }: MatrixPlan, voxels: Int32Array, distancesMm: readonly number[]): Float64Array {
  const { levels, levelCount } = grid;
  const sum = new Float64Array(levelCount * levelCount);
  for (const [d, mm] of distancesMm.entries()) {
    const counts = new Uint32Array(sum.length);
    countPairs(levels, voxels, steps[d]!, counts, levelCount);
    symmetrise(counts, levelCount);
    const weight = Math.exp(-(mm ** 2));
    for (let at = 0; at < sum.length; at++) sum[at]! += weight * counts[at]!;
  }
  return sum;
}

/**
 * One matrix for each set of voxels and, unless merged, each direction: symmetric, levelCount × levelCount, row by row.
 * Made when asked for, as many slices times many levels would not fit into memory together.
 */
export function* cooccurrenceMatrices(plan: MatrixPlan): Generator<Counts> {
  const { grid, groups, steps, perDirection, distancesMm } = plan;
  const { levels, levelCount } = grid;
  const along = perDirection ? Array.from(steps.keys(), (d) => steps.subarray(d, d + 1)) : [steps];
  for (const voxels of groups) {
    if (distancesMm) {
      yield weightedSum(plan, voxels, distancesMm);
      continue;
    }
    for (const some of along) {
      const counts = new Uint32Array(levelCount * levelCount);
      for (const step of some) countPairs(levels, voxels, step, counts, levelCount);
      symmetrise(counts, levelCount);
      yield counts;
    }
  }
}

/** What all features are made of: one pass over the matrix. */
interface Sums {
  readonly sum: number;
  /** p(i) at index i − 1. */
  readonly p: Float64Array;
  /** d(k) at index k and s(k) at index k. */
  readonly d: Float64Array;
  readonly s: Float64Array;
  readonly product: number;
  readonly energy: number;
  readonly entropy: number;
  readonly largest: number;
}

function sumUp(counts: Counts, width: number): Sums {
  let sum = 0;
  for (let at = 0; at < counts.length; at++) sum += counts[at]!;
  const [p, d, s] = [new Float64Array(width), new Float64Array(width), new Float64Array(2 * width + 1)];
  let [product, energy, entropy, largest] = [0, 0, 0, 0];
  for (let i = 1; i <= width; i++) {
    const row = (i - 1) * width - 1;
    for (let j = i; j <= width; j++) {
      const count = counts[row + j]!;
      if (count === 0) continue;
      const share = count / sum;
      // Off the diagonal the same count stands at (j, i).
      const both = i === j ? share : 2 * share;
      p[i - 1]! += share;
      if (i !== j) p[j - 1]! += share;
      d[j - i]! += both;
      s[i + j]! += both;
      product += both * i * j;
      energy += both * share;
      entropy -= both * Math.log2(share);
      if (share > largest) largest = share;
    }
  }
  return { sum, p, d, s, product, energy, entropy, largest };
}

/** Σ p(k) f(k) over the entries that are not 0. */
function expectation(p: Float64Array, f: (k: number, p: number) => number): number {
  let total = 0;
  for (let k = 0; k < p.length; k++) if (p[k] !== 0) total += p[k]! * f(k, p[k]!);
  return total;
}

const entropyOf = (p: Float64Array): number => expectation(p, (_, share) => -Math.log2(share));

/** The features of one symmetric matrix of counts with a sum above 0. */
function glcmOf(counts: Counts, width: number, levelsInRoi: number): FeatureValues {
  const sums = sumUp(counts, width);
  const { p, d, s } = sums;
  const mu = expectation(p, (k) => k + 1);
  const variance = expectation(p, (k) => (k + 1 - mu) ** 2);
  const differenceAverage = expectation(d, (k) => k);
  const cluster = (power: number): number => expectation(s, (k) => (k - 2 * mu) ** power);
  const clusterTendency = cluster(2);
  const hx = entropyOf(p);
  // HXY1 and HXY2 of the definition are both 2 HX, as the matrix is symmetric; their distance
  // from HXY is the mutual information.
  const information = Math.max(0, 2 * hx - sums.entropy);
  // Correlation is cov / σ² with cov = Σ i j p(i, j) − μ². As Σ (i + j − 2μ)² p(i, j) = 2 σ² + 2 cov for a symmetric
  // matrix, that is the cluster tendency / (2 σ²) − 1, which loses fewer digits where i j and μ² are nearly equal.
  return {
    /** Σ i j p(i, j). IBSI QWB0. */
    Autocorrelation: sums.product,
    /** μ. IBSI 60VM. */
    JointAverage: mu,
    /** Σ (i + j − 2μ)⁴ p(i, j). IBSI AE86. One level: 0. */
    ClusterProminence: cluster(4),
    /** Σ (i + j − 2μ)³ p(i, j). IBSI 7NFM. One level: 0. */
    ClusterShade: cluster(3),
    /** Σ (i + j − 2μ)² p(i, j). IBSI DG8W. One level: 0. */
    ClusterTendency: clusterTendency,
    /** Σ (i − j)² p(i, j). IBSI ACUI. One level: 0. */
    Contrast: expectation(d, (k) => k * k),
    /** (Σ i j p(i, j) − μ²) / σ². IBSI NI2N. One level, σ = 0: 1. */
    Correlation: variance === 0 ? 1 : clusterTendency / (2 * variance) - 1,
    /** Σ k d(k). IBSI TF7R. One level: 0. */
    DifferenceAverage: differenceAverage,
    /** −Σ d(k) log d(k). IBSI NTRS. One level: 0. */
    DifferenceEntropy: entropyOf(d),
    /** Σ (k − Σ k d(k))² d(k). IBSI D3YU. One level: 0. */
    DifferenceVariance: expectation(d, (k) => (k - differenceAverage) ** 2),
    /** Σ |i − j| p(i, j), always the difference average. IBSI 8S9J; PyRadiomics leaves it out. */
    Dissimilarity: differenceAverage,
    /** Σ p(i, j)², the angular second moment. IBSI 8ZQL. One level: 1. */
    JointEnergy: sums.energy,
    /** HXY. IBSI TU9B. One level: 0. */
    JointEntropy: sums.entropy,
    /** (HXY − 2 HX) / HX. IBSI R8DG. One level, HX = 0: 0. */
    Imc1: hx === 0 ? 0 : -information / hx,
    /** √(1 − e^(−2 (2 HX − HXY))). IBSI JN9H. One level: 0. */
    Imc2: Math.sqrt(1 - Math.exp(-2 * information)),
    /** Σ d(k) / (1 + k²). IBSI WF0Z. One level: 1. */
    Idm: expectation(d, (k) => 1 / (1 + k * k)),
    /** Maximal correlation coefficient, see maximalCorrelation.ts. Not in IBSI. One level: 1. */
    MCC: maximalCorrelation(counts, p, sums.sum, levelsInRoi),
    /** Σ d(k) / (1 + k²/G²). IBSI 1QCO. One level: 1. */
    Idmn: expectation(d, (k) => 1 / (1 + (k / width) ** 2)),
    /** Σ d(k) / (1 + k). IBSI IB1Z. One level: 1. */
    Id: expectation(d, (k) => 1 / (1 + k)),
    /** Σ d(k) / (1 + k/G). IBSI NDRX. One level: 1. */
    Idn: expectation(d, (k) => 1 / (1 + k / width)),
    /** Σ d(k) / k² over k > 0. IBSI E8JP. One level: 0. */
    InverseVariance: expectation(d, (k) => (k === 0 ? 0 : 1 / (k * k))),
    /** max p(i, j). IBSI GYBY. */
    MaximumProbability: sums.largest,
    /** Σ k s(k) = 2μ. IBSI ZGXS. */
    SumAverage: expectation(s, (k) => k),
    /** Σ (k − 2μ)² s(k), always the cluster tendency. IBSI OEEB; PyRadiomics leaves it out. */
    SumVariance: clusterTendency,
    /** −Σ s(k) log s(k). IBSI P6QZ. One level: 0. */
    SumEntropy: entropyOf(s),
    /** σ². IBSI UR99. One level: 0. */
    SumSquares: variance,
  };
}

/**
 * All features of the family, aggregated as the plan says. Directions in which no voxel has a neighbour are left out;
 * when that holds for all, every feature is missing.
 */
export function glcmFeatures(plan: MatrixPlan): FeatureValues {
  const { levels, levelCount, roi } = plan.grid;
  const levelsInRoi = new Set(roi.voxels.map((at) => levels[at]!)).size;
  const found: FeatureValues[] = [];
  for (const counts of cooccurrenceMatrices(plan)) {
    if (counts.some((count) => count > 0)) found.push(glcmOf(counts, levelCount, levelsInRoi));
  }
  return meanFeatures(found);
}
