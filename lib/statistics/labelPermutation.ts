/**
 * How many findings, and how good a best one, labels without meaning would give on the very same features:
 * p = (b + 1)/(n + 1), b of n random permutations of the labels giving at least as many findings as the true ones.
 */
import { Random } from '../random.ts';
import { checkResamples } from './arrangements.ts';
import { compareFeatures, type FeatureColumns } from './compareFeatures.ts';
import { normalQuantile } from './distributions/normal.ts';
import { studentP } from './distributions/studentT.ts';
import { moments } from './moments.ts';
import { rank } from './ranks.ts';

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

/** A column as shuffling needs it: its values about their mean, where plain sums keep their digits, and its ranks. */
interface Prepared {
  readonly values: Float64Array;
  readonly ranks: Float64Array;
}

function prepare(column: readonly number[]): Prepared {
  const centre = moments(column).mean;
  return { values: Float64Array.from(column, (v) => v - centre), ranks: rank(column).ranks };
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
  let [sum1, sum2, squares1, squares2, rankSum] = [0, 0, 0, 0, 0];
  for (let i = 0; i < values.length; i++) {
    const v = values[i]!;
    if (inFirst[i]) [sum1, squares1, rankSum] = [sum1 + v, squares1 + v * v, rankSum + ranks[i]!];
    else [sum2, squares2] = [sum2 + v, squares2 + v * v];
  }
  const [v1, v2] = [(squares1 - sum1 ** 2 / n1) / (n1 - 1) / n1, (squares2 - sum2 ** 2 / n2) / (n2 - 1) / n2];
  const t = (sum1 / n1 - sum2 / n2) / Math.sqrt(v1 + v2);
  const df = (v1 + v2) ** 2 / (v1 ** 2 / (n1 - 1) + v2 ** 2 / (n2 - 1));
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

/**
 * Shuffles the group labels over the units and counts what the same tests then find. Correlated
 * features make the count vary far more than independent ones would, which no formula knows and the
 * shuffling does. Features that `compareFeatures` leaves out are left out here. With `strata`, labels
 * are shuffled within units of equal stratum only.
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
  const used = compareFeatures(columns, inFirst).features.map(({ feature }) => prepare(columns[feature]!));
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
