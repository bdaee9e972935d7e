/**
 * Permutation test of two independent samples: the p value from rearranging the data themselves.
 *
 * p = share of the arrangements of all values into groups of n1 and n2 whose statistic is at least as extreme as the
 * observed one; of n random arrangements p = (b + 1)/(n + 1), b of them being as extreme (Phipson & Smyth 2010,
 * doi:10.2202/1544-6115.1585).
 */
import { median } from 'simple-statistics';
import { Random } from '../random.ts';
import {
  Counter,
  checkPermutation,
  type GroupStatistic,
  meanOf,
  type PermutationOptions,
  type PermutationTest,
  welchT,
} from './arrangements.ts';
import { checkTwoSamples, checkWord, type Sample } from './sample.ts';
import { type Scaled, scaled, timesPower } from './scale.ts';

const meanDifference: GroupStatistic = (a, b) => meanOf(a) - meanOf(b);

/** Runs `visit` for each of the `choose` ways of putting n1 of the values first. */
function forEachSplit(values: Float64Array, n1: number, visit: (arranged: Float64Array) => void): void {
  const n = values.length;
  const arranged = new Float64Array(n);
  const chosen = Array.from({ length: n1 }, (_, i) => i);
  for (;;) {
    let [first, second, next] = [0, n1, 0];
    for (let i = 0; i < n; i++) {
      if (next < n1 && chosen[next] === i) {
        arranged[first++] = values[i]!;
        next++;
      } else arranged[second++] = values[i]!;
    }
    visit(arranged);
    let place = n1 - 1;
    while (place >= 0 && chosen[place] === n - n1 + place) place--;
    if (place < 0) return;
    chosen[place]!++;
    for (let i = place + 1; i < n1; i++) chosen[i] = chosen[i - 1]! + 1;
  }
}

function forEachShuffle(
  values: Float64Array,
  n1: number,
  times: number,
  random: Random,
  visit: (arranged: Float64Array) => void,
): void {
  const arranged = values.slice();
  for (let k = 0; k < times; k++) {
    for (let i = 0; i < n1; i++) {
      const j = i + random.integer(arranged.length - i);
      [arranged[i], arranged[j]] = [arranged[j]!, arranged[i]!];
    }
    visit(arranged);
  }
}

/** n over k, or more than `limit`. */
function choose(n: number, k: number, limit: number): number {
  let count = 1;
  for (let i = 1; i <= Math.min(k, n - k) && count <= limit; i++) count = Math.round((count * (n - i + 1)) / i);
  return count;
}

/** The size of a statistic that is not 0 by chance; 0 where it is not known. */
function unitOf(statistic: 'welch' | 'mean' | GroupStatistic, values: Float64Array): number {
  if (statistic === 'welch') return 1;
  return statistic === 'mean' ? values.reduce((most, value) => Math.max(most, Math.abs(value)), 0) : 0;
}

function comparisonOf(statistic: 'welch' | 'mean' | GroupStatistic): GroupStatistic {
  if (typeof statistic === 'function') return statistic;
  checkWord(statistic, ['welch', 'mean'], 'the statistic, if it is no function,');
  return statistic === 'welch' ? (a, b) => welchT(a, b) : meanDifference;
}

/** Values about their median, where their sums are exact, in a unit in which their squares are doubles. */
function centred(pooled: Float64Array): Scaled {
  const { values, exponent } = scaled(pooled);
  const origin = median(Array.from(values));
  const near = scaled(values.map((value) => value - origin));
  return { values: near.values, exponent: exponent + near.exponent };
}

/**
 * Permutation test of the null hypothesis that both samples come from one distribution, whatever it is; SciPy's
 * `permutation_test(permutation_type='independent')`. `statistic`: `welch` (default), Welch's t; `mean`, the difference
 * of means; or a function of one's own. Exact when there are at most `resamples` arrangements, else
 * p = (b + 1)/(n + 1); two-sided is twice the smaller tail. With unequal variances and sizes it is no test of equal
 * means: `welch` then comes nearer to the level than `mean` (Janssen 1997, doi 10.1016/S0167-7152(97)00043-6),
 * `signFlipTest` holds it. All values equal: p = 1. Refuses an empty sample (`welch`: fewer than 2 values), NaN and ±∞.
 */
export function permutationTest(
  a: Sample,
  b: Sample,
  options: PermutationOptions & { readonly statistic?: 'welch' | 'mean' | GroupStatistic } = {},
): PermutationTest {
  const { alternative = 'two-sided', resamples = 9999, seed = 0, statistic = 'welch' } = options;
  checkTwoSamples(a, b, statistic === 'welch' ? 2 : 1);
  checkPermutation({ alternative, resamples, seed });
  const compare = comparisonOf(statistic);
  const n1 = a.length;
  const pooled = Float64Array.from([...Array.from(a), ...Array.from(b)]);
  const { values, exponent } = typeof statistic === 'string' ? centred(pooled) : { values: pooled, exponent: 0 };
  const statisticOf = (arranged: Float64Array): number => compare(arranged.subarray(0, n1), arranged.subarray(n1));
  const observed = statisticOf(values);
  const counter = new Counter(observed, unitOf(statistic, values));
  const visit = (arranged: Float64Array): void => counter.add(statisticOf(arranged));
  const exact = choose(values.length, n1, resamples) <= resamples;
  if (exact) forEachSplit(values, n1, visit);
  else forEachShuffle(values, n1, resamples, Random.stream(seed, 'permutation'), visit);
  return {
    statistic: statistic === 'mean' ? timesPower(observed, exponent) : observed,
    p: counter.p(exact, alternative),
    exact,
    arrangements: counter.all,
  };
}
