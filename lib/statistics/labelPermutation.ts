/**
 * How many findings, and how good a best one, labels without meaning would give on the very same features:
 * p = (b + 1)/(n + 1), b of n random permutations of the labels giving at least as many findings as the true ones.
 */
import { expected } from '../errors.ts';
import { Random } from '../random.ts';
import { compareFeatures, type FeatureColumns } from './compareFeatures.ts';
import { normalQuantile } from './distributions/normal.ts';
import { studentP } from './distributions/studentT.ts';
import { moments } from './moments.ts';
import { rank } from './ranks.ts';
import { checkBetween, checkList, checkResamples, checkSeed, shownArgument } from './sample.ts';
import { scaled } from './scale.ts';

export interface LabelPermutation {
  /** Features with p ≤ level under the labels as they are. */
  readonly observed: number;
  /** The same under each permutation of the labels. */
  readonly permuted: readonly number[];
  /** Share of permutations with at least as many findings, (b + 1)/(n + 1): one test of "nothing differs". */
  readonly p: number;
  /** The largest |2·AUC − 1| over all features, as AUC: observed, and under each permutation. */
  readonly bestAuc: number;
  readonly permutedBestAuc: readonly number[];
}

/**
 * A column as shuffling needs it: its values about their mean, where plain sums keep their digits, in a unit in which
 * their squares are doubles; and its ranks.
 */
interface Prepared {
  readonly values: Float64Array;
  readonly ranks: Float64Array;
}

function prepare(column: readonly number[]): Prepared {
  const { values } = scaled(column);
  const centre = moments(values).mean;
  return { values: scaled(values.map((v) => v - centre)).values, ranks: rank(column).ranks };
}

/** Mean and squared error of the mean of one group's values, with exactly no error where they are equal. */
function groupOf(values: Float64Array, inFirst: readonly boolean[], isFirst: boolean, n: number): [number, number] {
  let [sum, first, areEqual] = [0, NaN, true];
  for (let i = 0; i < values.length; i++) {
    if (inFirst[i] !== isFirst) continue;
    const v = values[i]!;
    sum += v;
    if (Number.isNaN(first)) first = v;
    else if (v !== first) areEqual = false;
  }
  if (areEqual) return [first, 0];
  const mean = sum / n;
  let squares = 0;
  for (let i = 0; i < values.length; i++) if (inFirst[i] === isFirst) squares += (values[i]! - mean) ** 2;
  return [mean, squares / (n - 1) / n];
}

/**
 * Welch's p (1 where it is surely above the level, which |t| below the normal quantile
 * is) and the AUC for one set of labels.
 */
function compareOnce(
  { values, ranks }: Prepared,
  inFirst: readonly boolean[],
  n1: number,
  surelyAbove: number,
): { p: number; auc: number } {
  const n2 = values.length - n1;
  const [[m1, v1], [m2, v2]] = [groupOf(values, inFirst, true, n1), groupOf(values, inFirst, false, n2)];
  const t = (m1 - m2) / Math.sqrt(v1 + v2);
  const share = v1 / (v1 + v2);
  const df = v1 + v2 === 0 ? 1 : 1 / (share ** 2 / (n1 - 1) + (1 - share) ** 2 / (n2 - 1));
  let rankSum = 0;
  for (let i = 0; i < ranks.length; i++) if (inFirst[i]) rankSum += ranks[i]!;
  const auc = (rankSum - (n1 * (n1 + 1)) / 2) / (n1 * n2);
  return { p: Math.abs(t) < surelyAbove ? 1 : studentP(t, df, 'two-sided'), auc: Math.max(auc, 1 - auc) };
}

/** Findings by Welch's test and the best AUC for one set of labels. */
function scan(
  columns: readonly Prepared[],
  inFirst: readonly boolean[],
  level: number,
): { found: number; best: number } {
  const n1 = inFirst.filter(Boolean).length;
  const surelyAbove = -normalQuantile(level / 2);
  let [found, best] = [0, 0.5];
  for (const column of columns) {
    const { p, auc } = compareOnce(column, inFirst, n1, surelyAbove);
    if (p <= level) found++;
    best = Math.max(best, auc);
  }
  return { found, best };
}

/** Refuses strata that are not one text or number per label. */
function checkStrata(strata: readonly (string | number)[], { length }: readonly boolean[]): void {
  checkList(strata, 'the strata', 'texts or numbers');
  if (strata.length !== length) throw expected(`${length} strata, one per unit`, `${strata.length}`);
  for (let i = 0; i < length; i++)
    if (typeof strata[i] !== 'string' && !Number.isFinite(strata[i]))
      throw expected('texts or finite numbers as strata', `${shownArgument(strata[i])} at position ${i}`);
}

/**
 * Shuffles the group labels over the units and counts what the same tests then find. Correlated
 * features make the count vary far more than independent ones would, which no formula knows and the
 * shuffling does. Features that `compareFeatures` leaves out are left out here. With `strata`, labels
 * are shuffled within units of equal stratum only. Refuses what `compareFeatures` refuses, a level outside [0, 1] and
 * strata that are not one text or number per unit.
 */
export function permuteLabels(
  columns: FeatureColumns,
  inFirst: readonly boolean[],
  {
    resamples = 999,
    level = 0.05,
    seed = 0,
    strata,
  }: { resamples?: number; level?: number; seed?: number; strata?: readonly (string | number)[] } = {},
): LabelPermutation {
  checkResamples(resamples);
  checkSeed(seed);
  checkBetween(level, 0, 1, 'a level');
  const used = compareFeatures(columns, inFirst).features.map(({ feature }) => prepare(columns[feature]!));
  if (strata !== undefined) checkStrata(strata, inFirst);
  const random = Random.stream(seed, 'labels');
  const places = strata
    ? [...new Set(strata)].map((s) => strata.flatMap((t, i) => (t === s ? [i] : [])))
    : [inFirst.map((_, i) => i)];
  const shuffled = (): boolean[] => {
    const labels = [...inFirst];
    for (const own of places) for (const [k, from] of random.shuffle(own).entries()) labels[own[k]!] = inFirst[from]!;
    return labels;
  };
  const observed = scan(used, inFirst, level);
  const permuted = Array.from({ length: resamples }, () => scan(used, shuffled(), level));
  const atLeast = permuted.filter(({ found }) => found >= observed.found).length;
  return {
    observed: observed.found,
    permuted: permuted.map(({ found }) => found),
    p: (atLeast + 1) / (resamples + 1),
    bestAuc: observed.best,
    permutedBestAuc: permuted.map(({ best }) => best),
  };
}
