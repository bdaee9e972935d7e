/**
 * Permutation of signs: of the differences of pairs, and of the distances from the group means of two samples with
 * unequal variances. p = share of the sign patterns whose statistic is at least as extreme as the observed one; of n
 * random patterns p = (b + 1)/(n + 1).
 */
import { Random } from '../random.ts';
import {
  Counter,
  checkPermutation,
  meanOf,
  type PermutationOptions,
  type PermutationTest,
  welchT,
} from './arrangements.ts';
import { checkPairs, checkTwoSamples, type Sample } from './sample.ts';
import { differences, rounding, scaled, scaledTogether, timesPower } from './scale.ts';

/** Gives random signs, 32 from each number of the stream. */
function signs(random: Random): () => boolean {
  let [bits, left] = [0, 0];
  return () => {
    if (left === 0) [bits, left] = [random.uint32(), 32];
    left--;
    const negative = (bits & 1) === 1;
    bits >>>= 1;
    return negative;
  };
}

/**
 * Permutation test of paired samples: are the differences a − b symmetric about 0? The statistic is their mean, the
 * signs are swapped; SciPy's `permutation_test(permutation_type='samples')`. Exact and p as in `permutationTest`. All
 * differences 0: p = 1. Refuses unequal lengths, no pairs, NaN and ±∞.
 */
export function pairedPermutationTest(
  a: Sample,
  b: Sample,
  { alternative = 'two-sided', resamples = 9999, seed = 0 }: PermutationOptions = {},
): PermutationTest {
  checkPairs(a, b, 1);
  checkPermutation({ alternative, resamples, seed });
  const difference = differences(a, b);
  const { values: d, exponent } = scaled(difference.values);
  const exact = d.length < 31 && 2 ** d.length <= resamples;
  const statistic = meanOf(d);
  const largest = d.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const counter = new Counter(statistic, largest);
  const negative = signs(Random.stream(seed, 'signs'));
  const times = exact ? 2 ** d.length : resamples;
  for (let k = 0; k < times; k++)
    counter.add(meanOf(d.map((value, i) => ((exact ? (k >> i) & 1 : negative()) ? -value : value))));
  return {
    statistic: timesPower(statistic, difference.exponent + exponent),
    p: counter.p(exact, alternative),
    exact,
    arrangements: counter.all,
  };
}

/**
 * Both samples seen from a value among them, which keeps the digits of their means, in a unit in which the farthest
 * value lies near 1.
 */
function nearOrigin(a: Sample, b: Sample): Float64Array[] {
  const { samples } = scaledTogether([a, b]);
  const origin = samples[0]![0]!;
  return scaledTogether(samples.map((values) => values.map((value) => value - origin))).samples;
}

/**
 * Resampling test that two independent samples have equal means, whatever their variances and sizes: Welch's t is
 * compared with its values after random signs were given to each value's distance from its group's mean (the wild
 * bootstrap with Rademacher weights, Davidson & Flachaire 2008, doi 10.1016/j.jeconom.2008.08.003). Holds the level
 * where `permutationTest` does not, best for symmetric distributions; never exact, p = (b + 1)/(n + 1). Two constant
 * samples: p = 1 if they are equal, else the smallest possible. Refuses fewer than 2 values in a sample, NaN and ±∞.
 */
export function signFlipTest(
  a: Sample,
  b: Sample,
  { alternative = 'two-sided', resamples = 9999, seed = 0 }: PermutationOptions = {},
): PermutationTest {
  checkTwoSamples(a, b, 2);
  checkPermutation({ alternative, resamples, seed });
  const [x, y] = nearOrigin(a, b);
  const statistic = welchT(x, y);
  const counter = new Counter(statistic, 1);
  const negative = signs(Random.stream(seed, 'signs'));
  const [mx, my] = [meanOf(x), meanOf(y)];
  const flipped = (values: Float64Array, mean: number): Float64Array =>
    values.map((value) => (negative() ? mean - value : value - mean));
  for (let k = 0; k < resamples; k++) counter.add(welchT(flipped(x, mx), flipped(y, my), rounding));
  return { statistic, p: counter.p(false, alternative), exact: false, arrangements: counter.all };
}
