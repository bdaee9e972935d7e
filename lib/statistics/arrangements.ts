/** What the permutation tests share: options and result, the statistics, and the count of arrangements. */
import { expected } from '../errors.ts';
import { type Alternative, checkAlternative, checkResamples, checkSeed, pOfTails, shownArgument } from './sample.ts';

/** The alternative, how many arrangements are drawn where all are too many, and their seed. */
export interface PermutationOptions {
  readonly alternative?: Alternative;
  /** Random arrangements; up to as many are counted exactly instead. Default 9999. */
  readonly resamples?: number;
  readonly seed?: number;
}

/** The observed statistic, its p value, and over how many arrangements it was found. */
export interface PermutationTest {
  readonly statistic: number;
  readonly p: number;
  /** True when all arrangements were counted, so that p has no random error. */
  readonly exact: boolean;
  readonly arrangements: number;
}

/** A number that compares two groups. It must not keep or change the arrays, which are reused. */
export type GroupStatistic = (a: Float64Array, b: Float64Array) => number;

/** Mean; of equal values that value, which the rounding of their sum may miss. */
export const meanOf = (values: Float64Array): number => {
  const first = values[0]!;
  let sum = 0;
  let areEqual = true;
  for (const value of values) {
    sum += value;
    if (value !== first) areEqual = false;
  }
  return areEqual ? first : sum / values.length;
};

/** Squared standard error of the mean. */
function errorOf(values: Float64Array, mean: number): number {
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  return squares / (values.length - 1) / values.length;
}

/**
 * Welch's t; 0 where the means are equal, also without any spread. `rounding`: the size up to which differences of the
 * values come from rounding.
 */
export function welchT(a: Float64Array, b: Float64Array, rounding = 0): number {
  const [ma, mb] = [meanOf(a), meanOf(b)];
  const error = Math.sqrt(errorOf(a, ma) + errorOf(b, mb));
  return Math.abs(ma - mb) <= rounding && error <= rounding ? 0 : (ma - mb) / error;
}

const isNumber = (value: unknown): boolean => typeof value === 'number' && !Number.isNaN(value);

/**
 * Counts arrangements whose statistic is at least and at most as large as the observed one;
 * rounding must not make a tie unequal.
 */
export class Counter {
  readonly #observed: number;
  readonly #tolerance: number;
  all = 0;
  #lower = 0;
  #upper = 0;

  /** `unit` is the size of statistics that are not 0 by chance. */
  constructor(observed: number, unit: number) {
    if (!isNumber(observed)) throw expected('a statistic that is a number for the samples', shownArgument(observed));
    this.#observed = observed;
    this.#tolerance = Number.isFinite(observed) ? 1e-12 * Math.max(Math.abs(observed), unit) : 0;
  }

  add(statistic: number): void {
    if (!isNumber(statistic))
      throw expected('a statistic that is a number for every arrangement', shownArgument(statistic));
    this.all++;
    if (statistic <= this.#observed + this.#tolerance) this.#lower++;
    if (statistic >= this.#observed - this.#tolerance) this.#upper++;
  }

  /**
   * `exact`: all arrangements were added, the observed one among them. Random ones: the observed one counts as one
   * more, so that p is never 0 (Phipson & Smyth 2010, doi 10.2202/1544-6115.1585).
   */
  p(exact: boolean, alternative: Alternative): number {
    const extra = exact ? 0 : 1;
    return pOfTails(
      { lower: (this.#lower + extra) / (this.all + extra), upper: (this.#upper + extra) / (this.all + extra) },
      alternative,
    );
  }
}

/** Refuses options that no permutation test can follow. */
export function checkPermutation({ alternative, resamples, seed }: Required<PermutationOptions>): void {
  checkAlternative(alternative);
  checkResamples(resamples);
  checkSeed(seed);
}
