/** Permutation tests: the p value from rearranging the data themselves. */
import { median } from 'simple-statistics';
import { expected } from '../errors.ts';
import { Random } from '../random.ts';
import { checkPairs, checkTwoSamples, differences, pOfTails, type Alternative, type Sample } from './sample.ts';

export interface PermutationOptions {
  readonly alternative?: Alternative;
  /** Random arrangements; up to as many are counted exactly instead. Default 9999. */
  readonly resamples?: number;
  readonly seed?: number;
}

export interface PermutationTest {
  readonly statistic: number;
  readonly p: number;
  /** True when all arrangements were counted, so that p has no random error. */
  readonly exact: boolean;
  readonly arrangements: number;
}

/** A number that compares two groups. It must not keep or change the arrays, which are reused. */
export type GroupStatistic = (a: Float64Array, b: Float64Array) => number;

const meanOf = (values: Float64Array): number => {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
};

/** Squared standard error of the mean. */
function errorOf(values: Float64Array, mean: number): number {
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  return squares / (values.length - 1) / values.length;
}

const meanDifference: GroupStatistic = (a, b) => meanOf(a) - meanOf(b);

/** Welch's t; 0 where the means are equal, also without any spread. */
const welchT: GroupStatistic = (a, b) => {
  const [ma, mb] = [meanOf(a), meanOf(b)];
  return ma === mb ? 0 : (ma - mb) / Math.sqrt(errorOf(a, ma) + errorOf(b, mb));
};

/** Runs `visit` for each of the `choose` ways of putting n1 of the values first. */
function forEachSplit(values: Float64Array, n1: number, visit: (arranged: Float64Array) => void): void {
  const n = values.length;
  const arranged = new Float64Array(n);
  const chosen = Array.from({ length: n1 }, (_, i) => i);
  for (;;) {
    let [first, second, next] = [0, n1, 0];
    for (let i = 0; i < n; i++) {
      if (next < n1 && chosen[next] === i) { arranged[first++] = values[i]!; next++; } else arranged[second++] = values[i]!;
    }
    visit(arranged);
    let place = n1 - 1;
    while (place >= 0 && chosen[place] === n - n1 + place) place--;
    if (place < 0) return;
    chosen[place]!++;
    for (let i = place + 1; i < n1; i++) chosen[i] = chosen[i - 1]! + 1;
  }
}

function forEachShuffle(values: Float64Array, n1: number, times: number, random: Random, visit: (arranged: Float64Array) => void): void {
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

/** Counts arrangements at least and at most as large as the observed statistic; rounding must not make a tie unequal. */
class Counter {
  readonly #observed: number;
  readonly #tolerance: number;
  all = 0;
  #lower = 0;
  #upper = 0;

  constructor(observed: number, unit: number) {
    this.#observed = observed;
    this.#tolerance = Number.isFinite(observed) ? 1e-12 * Math.max(Math.abs(observed), unit) : 0;
  }

  add(statistic: number): void {
    if (Number.isNaN(statistic)) throw expected('a statistic that is a number for every arrangement', 'NaN');
    this.all++;
    if (statistic <= this.#observed + this.#tolerance) this.#lower++;
    if (statistic >= this.#observed - this.#tolerance) this.#upper++;
  }

  /** Random arrangements: the observed one counts as one of them, so that p is never 0 (Phipson & Smyth 2010, doi 10.2202/1544-6115.1585). */
  p(exact: boolean, alternative: Alternative): number {
    const extra = exact ? 0 : 1;
    return pOfTails({ lower: (this.#lower + extra) / (this.all + extra), upper: (this.#upper + extra) / (this.all + extra) }, alternative);
  }
}

function checkResamples(resamples: number): void {
  if (!(Number.isInteger(resamples) && resamples > 0)) throw expected('a whole number of resamples above 0', `${resamples}`);
}

/**
 * Permutation test of two independent samples, SciPy's `permutation_test(permutation_type='independent')`.
 * `statistic`: `welch` (default) keeps its level for means also with unequal variances and sizes, approximately (Janssen 1997,
 * doi 10.1016/S0167-7152(97)00043-6); `mean`, the difference of means, and a function of one's own test that both distributions
 * are equal. Exact when there are at most `resamples` arrangements, else p = (b + 1)/(n + 1); two-sided is twice the smaller
 * tail. All values equal: p = 1. Refuses an empty sample (`welch`: fewer than 2 values), NaN and ±∞.
 */
export function permutationTest(a: Sample, b: Sample, options: PermutationOptions & { readonly statistic?: 'welch' | 'mean' | GroupStatistic } = {}): PermutationTest {
  const { alternative = 'two-sided', resamples = 9999, seed = 0, statistic = 'welch' } = options;
  checkTwoSamples(a, b, statistic === 'welch' ? 2 : 1);
  checkResamples(resamples);
  const n1 = a.length;
  const pooled = Float64Array.from([...Array.from(a), ...Array.from(b)]);
  const builtIn = typeof statistic === 'string';
  // both do not change with the origin, and near it their sums are exact
  const origin = builtIn ? median(Array.from(pooled)) : 0;
  const values = pooled.map((value) => value - origin);
  const compare: GroupStatistic = statistic === 'welch' ? welchT : statistic === 'mean' ? meanDifference : statistic;
  const statisticOf = (arranged: Float64Array): number => compare(arranged.subarray(0, n1), arranged.subarray(n1));
  const observed = statisticOf(values);
  const unit = !builtIn ? 0 : statistic === 'welch' ? 1 : values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const counter = new Counter(observed, unit);
  const visit = (arranged: Float64Array): void => counter.add(statisticOf(arranged));
  const exact = choose(values.length, n1, resamples) <= resamples;
  if (exact) forEachSplit(values, n1, visit);
  else forEachShuffle(values, n1, resamples, Random.stream(seed, 'permutation'), visit);
  return { statistic: observed, p: counter.p(exact, alternative), exact, arrangements: counter.all };
}

/** Runs `visit` for the mean of the differences under all signs, or under random ones. */
function forEachSign(d: Float64Array, exact: boolean, times: number, random: Random, visit: (mean: number) => void): void {
  for (let k = 0; k < times; k++) {
    let sum = 0;
    let bits = exact ? k : 0;
    for (let i = 0; i < d.length; i++) {
      if (!exact && i % 32 === 0) bits = random.uint32();
      sum += bits & 1 ? -d[i]! : d[i]!;
      bits >>>= 1;
    }
    visit(sum / d.length);
  }
}

/**
 * Permutation test of paired samples: are the differences a − b symmetric about 0? The statistic is their mean, the signs are
 * swapped; SciPy's `permutation_test(permutation_type='samples')`. Exact and p as in `permutationTest`. All differences 0: p = 1.
 * Refuses unequal lengths, no pairs, NaN and ±∞.
 */
export function pairedPermutationTest(a: Sample, b: Sample, { alternative = 'two-sided', resamples = 9999, seed = 0 }: PermutationOptions = {}): PermutationTest {
  checkPairs(a, b, 1);
  checkResamples(resamples);
  const d = differences(a, b);
  const exact = d.length < 31 && 2 ** d.length <= resamples;
  const statistic = meanOf(d);
  const counter = new Counter(statistic, d.reduce((most, value) => Math.max(most, Math.abs(value)), 0));
  forEachSign(d, exact, exact ? 2 ** d.length : resamples, Random.stream(seed, 'signs'), (mean) => counter.add(mean));
  return { statistic, p: counter.p(exact, alternative), exact, arrangements: counter.all };
}
