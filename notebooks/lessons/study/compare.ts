/** What a study says: means of each seed, and arms compared patient by patient. */

import { expected } from 'axunet/errors';
import { type Comparison, comparePairs, correctedByHolm } from 'axunet/evaluate/cohort';
import { type Metric, metricInfo, outcomeOf } from 'axunet/evaluate/metrics';
import { addCounts, noCounts, overlapScores } from 'axunet/evaluate/overlap';
import { type Friedman, friedman } from 'axunet/statistics/friedman';
import { mean } from 'simple-statistics';
import { caseValue, type StudyCase, type StudyRecord, type StudyRun } from './record.ts';

/** One value for each patient. */
export interface PatientValues {
  readonly name: string;
  readonly values: Readonly<Record<string, number>>;
}

export interface ArmSeeds {
  readonly arm: string;
  readonly label: string;
  /** Mean over the test patients of each seed, and how many of them have no prediction at all. */
  readonly seeds: readonly { readonly seed: number; readonly mean: number; readonly missed: number }[];
  /** Mean over the seeds; NaN without one. */
  readonly mean: number;
}

const casesOf = (run: StudyRun, cleaned: boolean): readonly StudyCase[] =>
  cleaned ? (run.cleaning?.cases ?? []) : run.cases;

/**
 * Mean over patients of each run, arm by arm; with `cleaned` after the threshold and
 * post-processing that validation chose.
 */
export function seedMeans(record: StudyRecord, metric: Metric, { cleaned = false } = {}): ArmSeeds[] {
  return record.arms.map(({ name, label }) => {
    const seeds = record.runs
      .filter((run) => run.arm === name && casesOf(run, cleaned).length > 0)
      .map((run) => {
        const cases = casesOf(run, cleaned);
        return {
          seed: run.seed,
          mean: mean(cases.map((one) => caseValue(metric, one))),
          missed: cases.filter(({ outcome }) => outcome === 'missed').length,
        };
      });
    return { arm: name, label, seeds, mean: seeds.length ? mean(seeds.map((s) => s.mean)) : NaN };
  });
}

/**
 * The part of a study in which every arm has the same seeds: the seeds that all arms have, or, while no
 * seed is complete, the arms that have the first seed begun. A mean over other seeds for one arm than for
 * another would compare seeds, not arms.
 */
export function evenPart(record: StudyRecord): Pick<StudyRecord, 'arms' | 'seeds' | 'runs'> {
  const has = (arm: string, seed: number): boolean => record.runs.some((run) => run.arm === arm && run.seed === seed);
  const complete = record.seeds.filter((seed) => record.arms.every(({ name }) => has(name, seed)));
  const seeds = complete.length
    ? complete
    : record.seeds.filter((seed) => record.runs.some((run) => run.seed === seed)).slice(0, 1);
  const arms = record.arms.filter(({ name }) => seeds.length > 0 && seeds.every((seed) => has(name, seed)));
  return {
    arms,
    seeds,
    runs: record.runs.filter(({ arm, seed }) => seeds.includes(seed) && arms.some(({ name }) => name === arm)),
  };
}

/** Each patient's mean over the seeds, for each arm of the `evenPart`. */
export function patientMeans(record: StudyRecord, metric: Metric): PatientValues[] {
  const even = evenPart(record);
  return even.arms.map(({ name, label }) => {
    const runs = even.runs.filter((run) => run.arm === name);
    const ids = runs[0]!.cases.map(({ id }) => id);
    const valueOf = (id: string): number =>
      mean(runs.map(({ cases }) => caseValue(metric, cases.find((one) => one.id === id)!)));
    return { name: label, values: Object.fromEntries(ids.map((id) => [id, valueOf(id)])) };
  });
}

/** Values of both for the same patients, in the order of the first. Throws when a patient is missing on one side. */
function paired(first: PatientValues, second: PatientValues): [number[], number[]] {
  const ids = Object.keys(first.values);
  const lacking = [
    ...ids.filter((id) => !(id in second.values)),
    ...Object.keys(second.values).filter((id) => !(id in first.values)),
  ];
  if (lacking.length)
    throw expected(`the same patients of ${first.name} and ${second.name}`, `only one has ${lacking.join(', ')}`);
  return [ids.map((id) => first.values[id]!), ids.map((id) => second.values[id]!)];
}

function compareTwo(metric: Metric, first: PatientValues, second: PatientValues, withInterval: boolean): Comparison {
  const [a, b] = paired(first, second);
  return comparePairs(metric, [first.name, second.name], a, b, withInterval ? 1 : undefined);
}

/**
 * Every other against `baseline` (a name), patient by patient: paired bootstrap and Wilcoxon,
 * corrected by Holm over these comparisons.
 */
export function compareWith(metric: Metric, all: readonly PatientValues[], baseline: string): Comparison[] {
  const second = all.find(({ name }) => name === baseline);
  if (!second) return [];
  return correctedByHolm(all.filter((one) => one !== second).map((first) => compareTwo(metric, first, second, true)));
}

/** Every two, corrected by Holm over all of them; without intervals, which take long for so many. */
export const compareEach = (metric: Metric, all: readonly PatientValues[]): Comparison[] =>
  correctedByHolm(
    all.flatMap((first, i) => all.slice(i + 1).map((second) => compareTwo(metric, first, second, false))),
  );

/** Do the methods differ at all? Ranks are of the better value first: 1 is the best. */
export function friedmanOf(metric: Metric, all: readonly PatientValues[]): Friedman {
  const sign = metricInfo[metric].better === 'higher' ? -1 : 1;
  const ids = Object.keys(all[0]?.values ?? {});
  return friedman(all.map(({ values }) => ids.map((id) => sign * values[id]!)));
}

/** `PANCREAS_0001-1106` is a slice of patient 0001. */
export const patientOfSlice = (id: string): string => /^PANCREAS_(\d+)/.exec(id)?.[1] ?? id;

/** Slices of all runs of an arm pooled by patient, for a study in which every slice was tested once. */
export function pooledByPatient(record: StudyRecord, arm: string): StudyCase[] {
  const pooled = new Map<string, StudyCase['counts']>();
  for (const run of record.runs.filter((one) => one.arm === arm)) {
    for (const { id, counts } of run.cases)
      pooled.set(patientOfSlice(id), addCounts(pooled.get(patientOfSlice(id)) ?? noCounts, counts));
  }
  return [...pooled]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([id, counts]) => ({ id, outcome: outcomeOf(counts), counts, values: overlapScores(counts) }));
}
