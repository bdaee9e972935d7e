/** What the comparison of plan and preset says: a figure of all sets, and a line for each. */
import type { Comparison } from 'axunet/evaluate/cohort';
import type { Figure } from 'axunet/figures/figure';
import { saveFigure } from 'axunet/figures/saveFigure';
import { projectPath } from 'axunet/settings';
import { type SeedMetric, seedPoints } from '../figures/seedPoints.ts';
import { compareWith, patientMeans, pooledByPatient, seedMeans } from './compare.ts';
import { equalTimeFile } from './planned.ts';
import { plannedName, plannedSets } from './plannedCohort.ts';
import { readStudyRecord, recordFile, type StudyRecord } from './record.ts';

/** The record with one case a patient: slices of pictures are pooled, run by run. */
export const byPatient = (record: StudyRecord): StudyRecord => ({
  ...record,
  runs: record.runs.map((run) => ({ ...run, cases: pooledByPatient({ ...record, runs: [run] }, run.arm) })),
});

/** A set with what is recorded of it. */
export interface SetOutcome {
  readonly title: string;
  readonly seeds: SeedMetric;
  /** Plan against preset, patient by patient; undefined while no seed has both. */
  readonly comparison?: Comparison;
}

/** The DSC of the test patients, one each. */
export function outcomeOf(record: StudyRecord): SetOutcome {
  const patients = byPatient(record);
  const [preset, planned] = record.arms.map(({ name }) => record.runs.some(({ arm }) => arm === name));
  const means = preset && planned ? patientMeans(patients, 'dice') : [];
  return {
    title: record.title,
    seeds: { label: `${record.title}: DSC`, better: 'higher', arms: seedMeans(patients, 'dice') },
    comparison: means.length === 2 ? compareWith('dice', means, record.arms[0]!.label)[0] : undefined,
  };
}

/** All sets beside each other. */
export const plannedFigure = (outcomes: readonly SetOutcome[]): Figure =>
  seedPoints(
    outcomes.map(({ seeds }) => seeds),
    { title: 'Plan and preset in equal time: scores of unseen patients' },
  );

/** `Phantom cohort: 0.81 against 0.74, +0.07 (95 % 0.05 to 0.09), better in 18 of 20 patients` */
export function describeOutcome({ title, seeds, comparison }: SetOutcome): string {
  const [preset, planned] = seeds.arms.map(({ mean }) => mean.toFixed(3));
  if (!comparison) return `${title}: not both recorded yet`;
  const { meanDifference, interval = [Number.NaN, Number.NaN], better, pairs } = comparison;
  const signed = `${meanDifference > 0 ? '+' : ''}${meanDifference.toFixed(3)}`;
  const range = interval.map((end) => end.toFixed(3)).join(' to ');
  return (
    `${title}: planned ${planned} against ${preset}, ${signed} (95 % ${range}), ` +
    `better in ${better[0]} of ${pairs} patients`
  );
}

/** Draws what is recorded and says it; sets without a record are left out. */
export async function savePlannedFigure(folder = projectPath('figures/recorded/planned')): Promise<string[]> {
  const names = plannedSets.map(({ name }) => name);
  const records = (await Promise.all(names.map((name) => readStudyRecord(name)))).filter((one) => one !== undefined);
  const outcomes = records.map(outcomeOf);
  if (outcomes.length === 0) return [];
  await saveFigure(folder, plannedName, plannedFigure(outcomes), {
    inputs: records.flatMap(({ study }) => [recordFile(study), equalTimeFile(study)]),
    command: `npm run study -- ${plannedName} --record`,
  });
  return outcomes.map(describeOutcome);
}
