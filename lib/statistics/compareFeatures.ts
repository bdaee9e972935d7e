/**
 * Many features of the same units, compared between two groups: the same tests for
 * each, and what is left after correction.
 */

import { expected } from '../errors.ts';
import { cliffDelta } from './cliffDelta.ts';
import { hedgesG, hedgesGInterval } from './hedgesG.ts';
import { mannWhitney } from './mannWhitney.ts';
import { benjaminiHochberg, holm } from './multipleTesting.ts';
import { checkBetween, checkList, shownArgument } from './sample.ts';
import { welchTTest } from './welch.ts';

/** Features by name, each with one value per unit (patient), all in the same order of units. */
export type FeatureColumns = Readonly<Record<string, readonly number[]>>;

export interface FeatureComparison {
  readonly feature: string;
  /** Hedges' g, first minus second group, with its large-sample interval. */
  readonly g: number;
  readonly gInterval: readonly [number, number];
  /** Cliff's delta; (delta + 1) / 2 is the area under the ROC curve. */
  readonly delta: number;
  readonly welchP: number;
  readonly mannWhitneyP: number;
  /**
   * Welch's p adjusted over all features compared: by Holm (any false finding) and by
   * Benjamini-Hochberg (share of false findings).
   */
  readonly holmP: number;
  readonly bhP: number;
}

export interface GroupComparison {
  /** In the order of the columns. */
  readonly features: readonly FeatureComparison[];
  /** Features that cannot be compared, with the reason; they are not counted in the corrections. */
  readonly leftOut: readonly { readonly feature: string; readonly reason: string }[];
  readonly n: readonly [number, number];
}

/** Why a feature cannot be compared; undefined where it can. */
function obstacle(values: readonly number[], inFirst: readonly boolean[]): string | undefined {
  const missing = Array.from(values).filter((v) => !Number.isFinite(v)).length;
  if (missing > 0) return `no value in ${missing} of ${values.length}`;
  const isConstant = (group: readonly number[]): boolean => group.every((v) => v === group[0]);
  if (isConstant(values.filter((_, i) => inFirst[i])) && isConstant(values.filter((_, i) => !inFirst[i])))
    return 'constant within both groups';
  return undefined;
}

/** Refuses labels that are not true and false. */
function checkLabels(inFirst: readonly boolean[]): void {
  checkList(inFirst, 'the labels of the first group', 'true and false');
  for (let i = 0; i < inFirst.length; i++)
    if (typeof inFirst[i] !== 'boolean')
      throw expected('labels true and false', `${shownArgument(inFirst[i])} at position ${i}`);
}

/** Units of both groups that a column is split into. Refuses unequal lengths and labels that are no booleans. */
export function splitGroups(values: readonly number[], inFirst: readonly boolean[]): [number[], number[]] {
  checkList(values, 'the values');
  checkLabels(inFirst);
  if (values.length !== inFirst.length) throw expected(`${inFirst.length} values, one per unit`, `${values.length}`);
  return [values.filter((_, i) => inFirst[i]), values.filter((_, i) => !inFirst[i])];
}

/** Refuses what is no table of columns by name. */
export function checkColumnNames(columns: FeatureColumns): void {
  if (typeof columns !== 'object' || columns === null || Array.isArray(columns))
    throw expected('columns by name', shownArgument(columns));
}

/** Throws unless every column has one number or gap per label and both groups hold at least 2 units. */
function checkColumns(columns: FeatureColumns, inFirst: readonly boolean[]): [number, number] {
  checkColumnNames(columns);
  checkLabels(inFirst);
  for (const [name, values] of Object.entries(columns)) {
    checkList(values, `column ${name}`);
    for (let i = 0; i < values.length; i++)
      if (typeof (values[i] ?? NaN) !== 'number')
        throw expected(`numbers or gaps in column ${name}`, `${shownArgument(values[i])} at position ${i}`);
    if (values.length !== inFirst.length)
      throw expected(`${inFirst.length} values of ${name}, one per unit`, `${values.length}`);
  }
  const n1 = inFirst.filter(Boolean).length;
  if (Math.min(n1, inFirst.length - n1) < 2)
    throw expected('at least 2 units in each group', `${n1} and ${inFirst.length - n1}`);
  return [n1, inFirst.length - n1];
}

/**
 * Compares every feature between the units where `inFirst` is true and the others: Welch's t test and Mann-Whitney with
 * effect sizes; corrections over all compared features. A feature with gaps (NaN, ±∞, null or nothing), or constant
 * within both groups, is left out and named. No columns give an empty comparison. Refuses unequal lengths, fewer than 2
 * units in a group, values that are no numbers and labels that are not booleans.
 */
export function compareFeatures(columns: FeatureColumns, inFirst: readonly boolean[]): GroupComparison {
  const n = checkColumns(columns, inFirst);
  const leftOut: { feature: string; reason: string }[] = [];
  const raw = Object.entries(columns).flatMap(([feature, values]) => {
    const reason = obstacle(values, inFirst);
    if (reason) {
      leftOut.push({ feature, reason });
      return [];
    }
    const [a, b] = splitGroups(values, inFirst);
    const g = hedgesG(a, b);
    return [
      {
        feature,
        g,
        gInterval: hedgesGInterval(g, ...n),
        delta: cliffDelta(a, b),
        welchP: welchTTest(a, b).p,
        mannWhitneyP: mannWhitney(a, b).p,
      },
    ];
  });
  const [byHolm, byBh] = [holm(raw.map((r) => r.welchP)), benjaminiHochberg(raw.map((r) => r.welchP))];
  return { features: raw.map((row, i) => ({ ...row, holmP: byHolm[i]!, bhP: byBh[i]! })), leftOut, n };
}

export interface FoundCounts {
  readonly compared: number;
  readonly welch: number;
  readonly mannWhitney: number;
  readonly bh: number;
  readonly holm: number;
}

/** How many features have p ≤ `level`, by each test and after each correction. Refuses a level outside [0, 1]. */
export function countFound({ features }: GroupComparison, level = 0.05): FoundCounts {
  checkBetween(level, 0, 1, 'a level');
  const count = (key: 'welchP' | 'mannWhitneyP' | 'bhP' | 'holmP'): number =>
    features.filter((f) => f[key] <= level).length;
  return {
    compared: features.length,
    welch: count('welchP'),
    mannWhitney: count('mannWhitneyP'),
    bh: count('bhP'),
    holm: count('holmP'),
  };
}
