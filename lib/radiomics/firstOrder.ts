/**
 * First-order statistics of the grey values in the ROI (IBSI UHIW), and two of its histogram of grey levels.
 *
 * Symbols: xₖ the N values, μ their mean, Mₘ = Σ (xₖ − μ)ᵐ / N; pᵢ the share of level i. Percentiles lie on the line
 * between the two nearest values, as NumPy's. Source: IBSI manual 3.3, 3.4.
 *
 * Worked example, the 4×4 image (rows) 1 1 2 2 / 1 1 2 2 / 1 3 3 3 / 3 3 4 4: five 1, four 2, five 3, two 4. μ = 36/16,
 * energy 5·1 + 4·4 + 5·9 + 2·16 = 98, variance 98/16 − (9/4)² = 17/16, median 2, uniformity
 * (25 + 16 + 25 + 4)/256 = 70/256. Every feature with a worked example: docs/features/firstorder.md.
 */
import { sizeExponent, timesPower } from '../statistics/scale.ts';
import type { Vec3 } from '../volume/volume.ts';
import type { FeatureValues } from './aggregation.ts';

/** The value below which `share` of the sorted values lie, between neighbours on a line. NaN for none. */
export function percentile(sorted: Float64Array, share: number): number {
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  const low = sorted[below] ?? NaN;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] ?? NaN;
  return low + (high - low) * (at - below);
}

/** Mean of `f` over the values; NaN for none. */
function mean(values: Float64Array, f: (x: number) => number): number {
  let sum = 0;
  for (let k = 0; k < values.length; k++) sum += f(values[k]!);
  return sum / values.length;
}

/** Mean of sorted values: of equal ones that value, which the rounding of their sum would miss. */
const meanOfSorted = (sorted: Float64Array): number =>
  sorted[0] === sorted.at(-1) ? (sorted[0] ?? NaN) : mean(sorted, (x) => x);

interface CentralMoments {
  readonly variance: number;
  readonly absolute: number;
  readonly skewness: number;
  readonly kurtosis: number;
}

/** The unit of sums of fourth powers: 1, or a power of two near the spread where they would leave the doubles. */
function unitOf(sorted: Float64Array, mu: number): number {
  const spread = sizeExponent([sorted[0]! - mu, sorted.at(-1)! - mu]);
  return Math.abs(spread) > 200 ? spread : 0;
}

/**
 * Central moments of order 2 to 4 and the mean absolute deviation of values that are not all equal, in one pass. No
 * values: NaN.
 */
function momentsOf(sorted: Float64Array, mu: number): CentralMoments {
  const exponent = unitOf(sorted, mu);
  let [m2, m3, m4, absolute] = [0, 0, 0, 0];
  for (let k = 0; k < sorted.length; k++) {
    const x = exponent === 0 ? sorted[k]! - mu : timesPower(sorted[k]! - mu, -exponent);
    const square = x * x;
    m2 += square;
    m3 += square * x;
    m4 += square * square;
    absolute += Math.abs(x);
  }
  const n = sorted.length;
  [m2, m3, m4] = [m2 / n, m3 / n, m4 / n];
  return {
    variance: timesPower(m2, 2 * exponent),
    absolute: timesPower(absolute / n, exponent),
    skewness: m3 / m2 ** 1.5,
    kurtosis: m4 / m2 ** 2,
  };
}

/** Values that differ by less than this share of their size are equal but for the rounding of resampling. */
const flatness = 2 ** -40;

/** Whether a region is flat its values say, not its moments, which are rounded. No values: false. */
function isFlatRegion(sorted: Float64Array): boolean {
  const [min, max] = [sorted[0] ?? NaN, sorted.at(-1) ?? NaN];
  return max - min <= flatness * Math.max(-min, max);
}

const flat: CentralMoments = { variance: 0, absolute: 0, skewness: 0, kurtosis: 0 };

/** The sorted values from `low` to `high`, as a view. */
function between(sorted: Float64Array, low: number, high: number): Float64Array {
  let [from, to] = [0, sorted.length];
  while (from < to && !(sorted[from]! >= low)) from++;
  while (to > from && !(sorted[to - 1]! <= high)) to--;
  return sorted.subarray(from, to);
}

/** The statistics that both families of values, grey values and grey levels, have. */
export function describe(values: Float64Array) {
  const sorted = values.slice().sort();
  const mu = meanOfSorted(sorted);
  const isFlat = isFlatRegion(sorted);
  const { variance, absolute, skewness, kurtosis } = isFlat ? flat : momentsOf(sorted, mu);
  const [p10, p25, median, p75, p90] = [0.1, 0.25, 0.5, 0.75, 0.9].map((share) => percentile(sorted, share));
  const inner = between(sorted, p10, p90);
  const innerMean = meanOfSorted(inner);
  return {
    mean: mu,
    variance,
    median,
    min: sorted[0] ?? NaN,
    max: sorted.at(-1) ?? NaN,
    p10,
    p25,
    p75,
    p90,
    /** M₃ / M₂^(3/2); equal values: 0. */
    skewness,
    /** M₄ / M₂², 3 for a normal distribution; equal values: 0. */
    kurtosis,
    /** M₄ / M₂² − 3; equal values: 0. */
    excessKurtosis: isFlat ? 0 : kurtosis - 3,
    meanAbsoluteDeviation: absolute,
    robustMeanAbsoluteDeviation: mean(inner, (x) => Math.abs(x - innerMean)),
    medianAbsoluteDeviation: mean(sorted, (x) => Math.abs(x - median)),
  };
}

/** Shares pᵢ of the levels that occur. */
function sharesOf(levels: Int32Array): number[] {
  const counts = new Map<number, number>();
  for (let k = 0; k < levels.length; k++) counts.set(levels[k]!, (counts.get(levels[k]!) ?? 0) + 1);
  return [...counts.values()].map((count) => count / levels.length);
}

export const entropyOfShares = (shares: readonly number[]): number =>
  shares.reduce((sum, p) => (p > 0 ? sum - p * Math.log2(p) : sum), 0);
export const uniformityOfShares = (shares: readonly number[]): number => shares.reduce((sum, p) => sum + p * p, 0);

/**
 * All features of the family. `values` and `levels`: grey values and levels of the ROI's voxels; `energyShift` is added
 * to the values before energy and root mean square, so that negative ones (HU) do not weigh as positive ones
 * (PyRadiomics' voxelArrayShift). No voxels: NaN.
 */
export function firstOrderFeatures(
  values: Float64Array,
  levels: Int32Array,
  spacingMm: Vec3,
  energyShift = 0,
): FeatureValues {
  const d = describe(values);
  const meanSquare = mean(values, (x) => (x + energyShift) ** 2);
  const energy = meanSquare * values.length;
  const shares = sharesOf(levels);
  return {
    /** Σ (xₖ + shift)². IBSI N8CA. */
    Energy: energy,
    /** Energy times the volume of a voxel in mm³. Not in IBSI. */
    TotalEnergy: energy * spacingMm[0] * spacingMm[1] * spacingMm[2],
    /** −Σ pᵢ log₂ pᵢ of the levels. IBSI TLU2. One level: 0. */
    Entropy: entropyOfShares(shares),
    /** IBSI 1GSF. */
    Minimum: d.min,
    /** IBSI QG58. */
    '10Percentile': d.p10,
    /** IBSI 8DWT. */
    '90Percentile': d.p90,
    /** IBSI 84IY. */
    Maximum: d.max,
    /** μ. IBSI Q4LE. */
    Mean: d.mean,
    /** 50th percentile. IBSI Y12H. */
    Median: d.median,
    /** 75th − 25th percentile. IBSI SALO. Equal values: 0. */
    InterquartileRange: d.p75 - d.p25,
    /** Maximum − minimum. IBSI 2OJQ. */
    Range: d.max - d.min,
    /** Σ |xₖ − μ| / N. IBSI 4FUA. */
    MeanAbsoluteDeviation: d.meanAbsoluteDeviation,
    /**
     * The same over the values from the 10th to the 90th percentile, about their own
     * mean. IBSI 1128. None between: NaN.
     */
    RobustMeanAbsoluteDeviation: d.robustMeanAbsoluteDeviation,
    /** √(Σ (xₖ + shift)² / N). IBSI 5ZWQ. */
    RootMeanSquared: Math.sqrt(meanSquare),
    /** √M₂. Not in IBSI. */
    StandardDeviation: Math.sqrt(d.variance),
    /** M₃ / M₂^(3/2). IBSI KE2A. Equal values: 0. */
    Skewness: d.skewness,
    /** M₄ / M₂², 3 for a normal distribution. IBSI's (IPH6) is smaller by 3, see ExcessKurtosis. Equal values: 0. */
    Kurtosis: d.kurtosis,
    /** M₄ / M₂² − 3. IBSI IPH6; PyRadiomics leaves it out. Equal values: 0. */
    ExcessKurtosis: d.excessKurtosis,
    /** M₂, divided by N. IBSI ECT3. */
    Variance: d.variance,
    /** Σ pᵢ² of the levels. IBSI BJ5W. One level: 1. */
    Uniformity: uniformityOfShares(shares),
    /** Σ |xₖ − median| / N. IBSI N72L; PyRadiomics leaves it out. */
    MedianAbsoluteDeviation: d.medianAbsoluteDeviation,
    /** √M₂ / μ. IBSI 7TET; PyRadiomics leaves it out. Not finite for μ = 0. */
    CoefficientOfVariation: Math.sqrt(d.variance) / d.mean,
    /** (p75 − p25) / (p75 + p25). IBSI 9S40; PyRadiomics leaves it out. Not finite for p75 = −p25. */
    QuartileCoefficientOfDispersion: (d.p75 - d.p25) / (d.p75 + d.p25),
  };
}
