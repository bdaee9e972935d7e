/** What every test here takes in, and how bad input is refused. */
import { expected } from '../errors.ts';

/** Values of one group, one per independent unit (patient); a plain or typed array. */
export type Sample = ArrayLike<number>;

/** Where the effect is looked for: `less` and `greater` speak of the first sample, as in SciPy. */
export type Alternative = 'two-sided' | 'less' | 'greater';

/** A value as a sentence shows it. */
export function shownArgument(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'bigint') return `${value}n`;
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}

/** Refuses what is no array, plain or typed. `name` is how the sentence calls it. */
export function checkList(values: ArrayLike<unknown>, name: string, of = 'numbers'): void {
  const isList = typeof values === 'object' && values !== null && Number.isInteger(values.length) && values.length >= 0;
  if (!isList) throw expected(`an array of ${of} for ${name}`, shownArgument(values));
}

/**
 * Refuses a sample with fewer than `atLeast` values or with anything but finite numbers in it: NaN, ±∞, null, gaps,
 * text (a missing value must be dropped or replaced on purpose, never silently). `name` is how the sentence calls it.
 */
export function checkSample(values: Sample, atLeast: number, name = 'the sample'): void {
  checkList(values, name);
  const n = values.length;
  if (n < atLeast) throw expected(`at least ${atLeast} value${atLeast === 1 ? '' : 's'} in ${name}`, `${n}`);
  for (let i = 0; i < n; i++)
    if (!Number.isFinite(values[i]))
      throw expected(`finite numbers in ${name}`, `${shownArgument(values[i])} at position ${i}`);
}

/** Checks two independent samples. */
export function checkTwoSamples(a: Sample, b: Sample, atLeast: number): void {
  checkSample(a, atLeast, 'the first sample');
  checkSample(b, atLeast, 'the second sample');
}

/** Checks two samples of the same units in the same order. */
export function checkPairs(a: Sample, b: Sample, atLeast: number): void {
  checkList(a, 'the first sample');
  checkList(b, 'the second sample');
  if (a.length !== b.length)
    throw expected(`as many values in the second sample as in the first, ${a.length}`, `${b.length}`);
  checkTwoSamples(a, b, atLeast);
}

/** Refuses anything but a number; NaN and ±∞ are numbers here. */
export function checkNumber(value: number, name: string): void {
  if (typeof value !== 'number') throw expected(`a number for ${name}`, shownArgument(value));
}

/** Refuses anything but a number from `low` to `high`. */
export function checkBetween(value: number, low: number, high: number, name: string): void {
  if (!(typeof value === 'number' && value >= low && value <= high))
    throw expected(`${name} from ${low} to ${high}`, shownArgument(value));
}

/** Refuses anything but a whole number from `low` on, up to `high`. */
export function checkWhole(value: number, low: number, high: number, name: string): void {
  if (!(Number.isInteger(value) && value >= low && value <= high))
    throw expected(
      high === Infinity ? `${name}, whole and at least ${low}` : `${name}, whole and from ${low} to ${high}`,
      shownArgument(value),
    );
}

/** Refuses an option that is none of the words it may be. */
export function checkWord(value: string, words: readonly string[], name: string): void {
  if (!words.includes(value)) throw expected(`${name} to be one of ${words.join(', ')}`, shownArgument(value));
}

/** Refuses a confidence level outside (0, 1). */
export function checkConfidence(confidence: number): void {
  if (!(typeof confidence === 'number' && confidence > 0 && confidence < 1))
    throw expected('a confidence level between 0 and 1', shownArgument(confidence));
}

/** Refuses an alternative that there is not. */
export const checkAlternative = (alternative: Alternative): void =>
  checkWord(alternative, ['two-sided', 'less', 'greater'], 'the alternative');

/** More of them would take hours and tell nothing: with these a p value errs by chance by 0.0002 at most. */
const mostResamples = 10_000_000;

/** Refuses numbers of resamples that are not whole, fewer than `least`, or more than ten million. */
export function checkResamples(resamples: number, least = 1): void {
  if (!(Number.isInteger(resamples) && resamples >= least))
    throw expected(`a whole number of resamples above ${least - 1}`, shownArgument(resamples));
  if (resamples > mostResamples) throw expected(`at most ${mostResamples} resamples`, `${resamples}`);
}

/** Refuses a seed that is not a whole number. */
export function checkSeed(seed: number): void {
  if (!Number.isSafeInteger(seed)) throw expected('a whole number as seed', shownArgument(seed));
}

/**
 * The p value of a statistic: `upper` = P(≥ observed), `lower` = P(≤ observed). Two-sided
 * is twice the smaller one, at most 1.
 */
export function pOfTails({ lower, upper }: { lower: number; upper: number }, alternative: Alternative): number {
  if (alternative === 'less') return lower;
  return alternative === 'greater' ? upper : Math.min(1, 2 * Math.min(lower, upper));
}
