/** How many findings, and how good a best one, labels without meaning would give on the very same features. */
import { Random } from '../random.ts';
import { compareFeatures, splitGroups, type FeatureColumns } from './compareFeatures.ts';
import { cliffDelta } from './effectSize.ts';
import { checkResamples } from './arrangements.ts';
import { welchTTest } from './tTest.ts';

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

const aucOf = (a: readonly number[], b: readonly number[]): number => (1 + Math.abs(cliffDelta(a, b))) / 2;

/** Findings by Welch's test and the best AUC for one set of labels. */
function scan(columns: readonly (readonly number[])[], inFirst: readonly boolean[], level: number): { found: number; best: number } {
  let [found, best] = [0, 0.5];
  for (const values of columns) {
    const [a, b] = splitGroups(values, inFirst);
    if (welchTTest(a, b).p <= level) found++;
    best = Math.max(best, aucOf(a, b));
  }
  return { found, best };
}

/**
 * Shuffles the group labels over the units and counts what the same tests then find. Correlated features make the count vary
 * far more than independent ones would, which no formula knows and the shuffling does. Features that `compareFeatures` leaves
 * out are left out here. With `strata`, labels are shuffled within units of equal stratum only.
 */
export function permuteLabels(
  columns: FeatureColumns, inFirst: readonly boolean[],
  { resamples = 999, level = 0.05, seed = 0, strata }: { resamples?: number; level?: number; seed?: number; strata?: readonly (string | number)[] } = {},
): LabelPermutation {
  checkResamples(resamples);
  const used = compareFeatures(columns, inFirst).features.map(({ feature }) => columns[feature]!);
  const random = Random.stream(seed, 'labels');
  const places = strata ? [...new Set(strata)].map((s) => strata.flatMap((t, i) => (t === s ? [i] : []))) : [inFirst.map((_, i) => i)];
  const shuffled = (): boolean[] => {
    const labels = [...inFirst];
    for (const own of places) random.shuffle(own).forEach((from, k) => { labels[own[k]!] = inFirst[from]!; });
    return labels;
  };
  const observed = scan(used, inFirst, level);
  const permuted = Array.from({ length: resamples }, () => scan(used, shuffled(), level));
  const atLeast = permuted.filter(({ found }) => found >= observed.found).length;
  return {
    observed: observed.found, permuted: permuted.map(({ found }) => found), p: (atLeast + 1) / (resamples + 1),
    bestAuc: observed.best, permutedBestAuc: permuted.map(({ best }) => best),
  };
}
