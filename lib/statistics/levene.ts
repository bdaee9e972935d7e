/**
 * Levene's test: do groups have one variance?
 *
 * With z = |x − centre of its group|, k groups of nᵢ and n values in all:
 * F = (Σᵢ nᵢ (mean(zᵢ) − mean(z))² / (k − 1)) / (Σᵢ Σⱼ (zᵢⱼ − mean(zᵢ))² / (n − k)). Sources: Levene 1960; with the
 * median as centre Brown & Forsythe 1974, doi:10.1080/01621459.1974.10482955.
 */
import { expected } from '../errors.ts';
import { fisherUpperTail } from './distributions/fisherF.ts';
import { commonMoments, exactSum, type Moments, moments } from './moments.ts';
import { checkList, checkSample, checkWord, type Sample } from './sample.ts';
import { rounding, type Scaled, scaled, sizeExponent } from './scale.ts';

/** F, its degrees of freedom and p. */
export interface Levene {
  readonly f: number;
  readonly df1: number;
  readonly df2: number;
  readonly p: number;
}

/** The centre as a value and a small rest, so that an offset of the data does not eat the digits of the distances. */
function centreOf(group: Float64Array, centre: 'median' | 'mean'): [number, number] {
  if (centre === 'mean') {
    const { mean, meanRest } = moments(group);
    return [mean, meanRest];
  }
  const sorted = group.slice().sort();
  const middle = sorted[(sorted.length - 1) >> 1]!;
  return [middle, (sorted[sorted.length >> 1]! - middle) / 2];
}

function areEqual(values: ArrayLike<number>, tolerance: number): boolean {
  let [low, high] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) [low, high] = [Math.min(low, values[i]!), Math.max(high, values[i]!)];
  return high - low <= tolerance;
}

/** The distances of a group from its centre; where they differ by their rounding only, the first of them everywhere. */
function distancesOf(group: Sample, centre: 'median' | 'mean'): Scaled {
  const { values, exponent } = scaled(group);
  const [middle, rest] = centreOf(values, centre);
  const distances = values.map((value) => Math.abs(value - middle - rest));
  if (areEqual(distances, rounding * distances[0]!)) distances.fill(distances[0]!);
  return { values: distances, exponent };
}

/**
 * Σ nᵢ (mean(zᵢ) − mean(z))². Without spread within the groups, means that differ by no more than the rounding of the
 * values, which are of the sizes 2^`sizes`, are equal; a distance of 0 has no rounding.
 */
function squaresBetween(distances: readonly Moments[], sizes: readonly number[]): number {
  const n = distances.reduce((sum, d) => sum + d.n, 0);
  const largest = distances.reduce((most, { mean }, i) => (mean > 0 ? Math.max(most, sizes[i]!) : most), -Infinity);
  const means = distances.map((d) => d.mean);
  if (distances.every((d) => d.squares === 0) && areEqual(means, rounding * 2 ** largest)) return 0;
  const grandMean = exactSum(distances.map((d) => d.n * d.mean)) / n;
  return exactSum(distances.map((d) => d.n * (d.mean - grandMean + d.meanRest) ** 2));
}

/**
 * Levene's test over two or more groups: a one-way analysis of variance of the distances from each group's centre.
 * `centre`: `median` (default, Brown & Forsythe 1974, doi 10.1080/01621459.1974.10482955, robust) or `mean` (Levene
 * 1960). SciPy's `levene`. Distances that are constant within each group (constant groups, groups of 2) give f = ∞ and
 * p = 0 where the groups differ, NaN where they do not. Refuses fewer than 2 groups, an empty group, NaN and ±∞.
 */
export function levene(groups: readonly Sample[], centre: 'median' | 'mean' = 'median'): Levene {
  checkList(groups, "the groups of Levene's test", 'samples');
  checkWord(centre, ['median', 'mean'], 'the centre');
  const k = groups.length;
  if (k < 2) throw expected("at least 2 groups for Levene's test", `${k}`);
  for (let i = 0; i < k; i++) checkSample(groups[i]!, 1, `group ${i + 1}`);
  const { moments: distances, exponent } = commonMoments(groups.map((group) => distancesOf(group, centre)));
  const n = distances.reduce((sum, d) => sum + d.n, 0);
  const sizes = groups.map((group) => sizeExponent(group) - exponent);
  const between = squaresBetween(distances, sizes);
  const within = exactSum(distances.map((d) => d.squares));
  const [df1, df2] = [k - 1, n - k];
  const f = between / df1 / (within / df2);
  return { f, df1, df2, p: fisherUpperTail(f, df1, df2) };
}
