/** What every test here takes in, and how bad input is refused. */
import { expected } from '../errors.ts';

/** Values of one group, one per independent unit (patient); a plain or typed array. */
export type Sample = ArrayLike<number>;

/** Where the effect is looked for: `less` and `greater` speak of the first sample, as in SciPy. */
export type Alternative = 'two-sided' | 'less' | 'greater';

/**
 * Refuses a sample with fewer than `atLeast` values or with NaN or ±∞ in it (a missing value must be dropped or
 * replaced on purpose, never silently). `name` is how the sentence calls it.
 */
export function checkSample(values: Sample, atLeast: number, name = 'the sample'): void {
  const n = values.length;
  if (n < atLeast) throw expected(`at least ${atLeast} value${atLeast === 1 ? '' : 's'} in ${name}`, `${n}`);
  for (let i = 0; i < n; i++)
    if (!Number.isFinite(values[i])) throw expected(`finite numbers in ${name}`, `${values[i]} at position ${i}`);
}

/** Checks two independent samples. */
export function checkTwoSamples(a: Sample, b: Sample, atLeast: number): void {
  checkSample(a, atLeast, 'the first sample');
  checkSample(b, atLeast, 'the second sample');
}

/** Checks two samples of the same units in the same order. */
export function checkPairs(a: Sample, b: Sample, atLeast: number): void {
  if (a.length !== b.length)
    throw expected(`as many values in the second sample as in the first, ${a.length}`, `${b.length}`);
  checkTwoSamples(a, b, atLeast);
}

/** a − b, unit by unit. */
export const differences = (a: Sample, b: Sample): Float64Array => Float64Array.from(a, (value, i) => value - b[i]!);

/** Refuses a confidence level outside (0, 1). */
export function checkConfidence(confidence: number): void {
  if (!(confidence > 0 && confidence < 1)) throw expected('a confidence level between 0 and 1', `${confidence}`);
}

/**
 * The p value of a statistic: `upper` = P(≥ observed), `lower` = P(≤ observed). Two-sided
 * is twice the smaller one, at most 1.
 */
export function pOfTails({ lower, upper }: { lower: number; upper: number }, alternative: Alternative): number {
  if (alternative === 'less') return lower;
  return alternative === 'greater' ? upper : Math.min(1, 2 * Math.min(lower, upper));
}
