/**
 * Statistics of the grey levels (IBSI ZVCW, intensity histogram): as first-order, of the
 * discretised values. Not in PyRadiomics.
 *
 * Symbols: xₖ the N levels, μ their mean, Hᵢ the number of voxels of level i = 1 … G,
 * pᵢ = Hᵢ / N. Source: IBSI manual 3.4.
 *
 * Worked example, the 4×4 image (rows) 1 1 2 2 / 1 1 2 2 / 1 3 3 3 / 3 3 4 4: H = 5 4 5 2. Levels 1 and 3 are equally
 * frequent; 3 lies nearer to the mean 9/4, so it is the mode. The gradients are −1, 0, −1, −3.
 * Every feature with a worked example: docs/features/histogram.md.
 */
import type { FeatureValues } from './aggregation.ts';
import { describe, entropyOfShares, uniformityOfShares } from './firstOrder.ts';

function countsOf(levels: Int32Array): number[] {
  const counts: number[] = new Array(levels.reduce((a, b) => Math.max(a, b), 0)).fill(0);
  for (let k = 0; k < levels.length; k++) counts[levels[k]! - 1]!++;
  return counts;
}

/** The most frequent level; of equally frequent ones that nearest to the mean, then the lower. */
function modeOf(counts: readonly number[], mean: number): number {
  const most = Math.max(...counts);
  const modes = counts.flatMap((count, at) => (count === most ? [at + 1] : []));
  return modes.reduce((best, level) => (Math.abs(level - mean) < Math.abs(best - mean) ? level : best), modes[0]!);
}

/** Hᵢ′: half the difference of the neighbours, at the ends the difference to the only neighbour. One level: 0. */
function gradientsOf(counts: readonly number[]): number[] {
  const last = counts.length - 1;
  if (last === 0) return [0];
  return counts.map((count, at) => {
    if (at === 0) return counts[1]! - count;
    return at === last ? count - counts[at - 1]! : (counts[at + 1]! - counts[at - 1]!) / 2;
  });
}

/** All features of the family, for the levels of the ROI's voxels. No voxels: NaN. */
export function histogramFeatures(levels: Int32Array): FeatureValues {
  const d = describe(Float64Array.from(levels));
  const counts = countsOf(levels);
  const shares = counts.map((count) => count / levels.length);
  const gradients = gradientsOf(counts);
  const [largest, smallest] = [Math.max(...gradients), Math.min(...gradients)];
  return {
    /** μ. IBSI X6K6. */
    Mean: d.mean,
    /** Σ (xₖ − μ)² / N. IBSI CH89. */
    Variance: d.variance,
    /** IBSI 88K1. One level: 0. */
    Skewness: d.skewness,
    /** M₄ / M₂² − 3. IBSI C3I7. One level: 0. */
    ExcessKurtosis: d.excessKurtosis,
    /** IBSI WIFQ. */
    Median: d.median,
    /** IBSI 1PR8. */
    Minimum: d.min,
    /** IBSI GPMT. */
    '10Percentile': d.p10,
    /** IBSI OZ0C. */
    '90Percentile': d.p90,
    /** IBSI 3NCY. */
    Maximum: d.max,
    /** The most frequent level; of several that nearest to μ. IBSI AMMC. */
    Mode: modeOf(counts, d.mean),
    /** IBSI WR0O. */
    InterquartileRange: d.p75 - d.p25,
    /** IBSI 5Z3W. */
    Range: d.max - d.min,
    /** IBSI D2ZX. */
    MeanAbsoluteDeviation: d.meanAbsoluteDeviation,
    /** IBSI WRZB. */
    RobustMeanAbsoluteDeviation: d.robustMeanAbsoluteDeviation,
    /** IBSI 4RNL. */
    MedianAbsoluteDeviation: d.medianAbsoluteDeviation,
    /** IBSI CWYJ. */
    CoefficientOfVariation: Math.sqrt(d.variance) / d.mean,
    /** IBSI SLWD. */
    QuartileCoefficientOfDispersion: (d.p75 - d.p25) / (d.p75 + d.p25),
    /** −Σ pᵢ log₂ pᵢ. IBSI TLU2. One level: 0. */
    Entropy: entropyOfShares(shares),
    /** Σ pᵢ². IBSI BJ5W. One level: 1. */
    Uniformity: uniformityOfShares(shares),
    /** max Hᵢ′. IBSI 12CE. */
    MaximumGradient: largest,
    /** The (first) level of the maximum gradient. IBSI 8E6O. */
    MaximumGradientLevel: gradients.indexOf(largest) + 1,
    /** min Hᵢ′. IBSI VQB3. */
    MinimumGradient: smallest,
    /** The (first) level of the minimum gradient. IBSI RHQZ. */
    MinimumGradientLevel: gradients.indexOf(smallest) + 1,
  };
}
