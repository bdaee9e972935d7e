/** Descriptive statistics of one sample, as papers print them: mean ± SD, median, quartiles. */
import { mean, quantileSorted, sampleStandardDeviation } from 'simple-statistics';
import { checkNumber, checkSample, checkWhole, type Sample } from './sample.ts';
import { scaled, timesPower } from './scale.ts';

/** Number, mean, SD (n − 1), quartiles and range of some values. */
export interface Summary {
  readonly n: number;
  readonly mean: number;
  /** Sample standard deviation, divisor n - 1; NaN for fewer than two values. */
  readonly sd: number;
  readonly median: number;
  readonly lowerQuartile: number;
  readonly upperQuartile: number;
  readonly min: number;
  readonly max: number;
}

/**
 * Mean and SD (divisor n − 1, NaN for fewer than two values) of values in ascending order. Equal values have exactly
 * their mean and no SD, which the rounding of their sum would miss.
 */
export function meanAndSd(sorted: readonly number[]): { mean: number; sd: number } {
  const n = sorted.length;
  if (sorted[0] === sorted[n - 1]) return { mean: sorted[0]!, sd: n > 1 ? 0 : NaN };
  const { values, exponent } = scaled(sorted);
  const inUnit = Array.from(values);
  return { mean: timesPower(mean(inUnit), exponent), sd: timesPower(sampleStandardDeviation(inUnit), exponent) };
}

/** The value below which a share of values in ascending order lies, on the line between the two nearest. */
export function quantileOf(sorted: number[], share: number): number {
  const value = quantileSorted(sorted, share);
  if (Number.isFinite(value)) return value;
  // the difference of two values can leave the doubles, that of their halves cannot
  const halves = sorted.map((v) => v / 2);
  return 2 * quantileSorted(halves, share);
}

/**
 * Describes a sample. An empty one has n = 0 and NaN everywhere else. Quartiles lie on the line between the two nearest
 * values, as NumPy's do. Refuses NaN and ±∞.
 */
export function summarise(values: Sample): Summary {
  checkSample(values, 0);
  const n = values.length;
  if (n === 0)
    return { n, mean: NaN, sd: NaN, median: NaN, lowerQuartile: NaN, upperQuartile: NaN, min: NaN, max: NaN };
  const sorted = Array.from(values).sort((a, b) => a - b);
  return {
    n,
    ...meanAndSd(sorted),
    median: quantileOf(sorted, 0.5),
    lowerQuartile: quantileOf(sorted, 0.25),
    upperQuartile: quantileOf(sorted, 0.75),
    min: sorted[0]!,
    max: sorted[n - 1]!,
  };
}

/** `0.812 ± 0.043 (n = 8)`; without the SD where it has none. Refuses other than 0 to 100 digits. */
export function formatMeanSd({ n, mean: m, sd }: Pick<Summary, 'n' | 'mean' | 'sd'>, digits = 3): string {
  checkWhole(n, 0, Infinity, 'the number of values');
  checkNumber(m, 'the mean');
  checkNumber(sd, 'the SD');
  checkWhole(digits, 0, 100, 'the number of digits');
  if (n === 0) return 'no values';
  return `${m.toFixed(digits)}${Number.isNaN(sd) ? '' : ` ± ${sd.toFixed(digits)}`} (n = ${n})`;
}
