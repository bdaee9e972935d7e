/** Descriptive statistics of one sample, as papers print them: mean ± SD, median, quartiles. */
import { max, mean, medianSorted, min, quantileSorted, sampleStandardDeviation } from 'simple-statistics';

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
 * Describes a sample. An empty one has n = 0 and NaN everywhere else; NaN among the values is not skipped.
 * Quartiles lie on the line between the two nearest values, as NumPy's do.
 */
export function summarise(values: readonly number[]): Summary {
  const n = values.length;
  const nothing = { mean: NaN, sd: NaN, median: NaN, lowerQuartile: NaN, upperQuartile: NaN, min: NaN, max: NaN };
  if (n === 0 || values.some(Number.isNaN)) return { n, ...nothing };
  const sorted = [...values].sort((a, b) => a - b);
  return {
    n,
    mean: mean(sorted),
    sd: n > 1 ? sampleStandardDeviation(sorted) : NaN,
    median: medianSorted(sorted),
    lowerQuartile: quantileSorted(sorted, 0.25),
    upperQuartile: quantileSorted(sorted, 0.75),
    min: min(sorted),
    max: max(sorted),
  };
}

/** `0.812 ± 0.043 (n = 8)`; without the SD where it has none. */
export function formatMeanSd({ n, mean: m, sd }: Pick<Summary, 'n' | 'mean' | 'sd'>, digits = 3): string {
  if (n === 0) return 'no values';
  return `${m.toFixed(digits)}${Number.isNaN(sd) ? '' : ` ± ${sd.toFixed(digits)}`} (n = ${n})`;
}
