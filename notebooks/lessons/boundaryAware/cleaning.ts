/**
 * Sections 7 and 8 of boundary-aware-loss.ipynb: the same patients before and after something was done, by leaking
 * slices, or by a threshold and a cleaning that validation chose.
 */
import type { Metric } from 'axunet/evaluate/metrics';
import type { Row } from 'axunet/figures/table';
import type { ThresholdCurve } from '../figures/thresholdCurves.ts';
import { type PatientValues, patientMeans, pooledByPatient, seedMeans } from '../study/compare.ts';
import { armLabel, type StudyRecord } from '../study/record.ts';

/** Patients of the leakage study with slices pooled, for both ways to split; only when every fold of both is there. */
export function leakageValues(record: StudyRecord): PatientValues[] {
  const isComplete = record.arms.every(
    ({ name }) => record.runs.filter((run) => run.arm === name).length === record.seeds.length,
  );
  if (!isComplete || record.runs.length === 0) return [];
  return record.arms.map(({ name, label }) => ({
    name: label,
    values: Object.fromEntries(pooledByPatient(record, name).map((one) => [one.id, one.values.dice!])),
  }));
}

/** Validation DSC against threshold, run by run. */
export const thresholdsOf = (record: StudyRecord): ThresholdCurve[] =>
  record.runs.flatMap(({ arm, seed, cleaning }) =>
    cleaning ? [{ arm: armLabel(record, arm), seed, points: cleaning.thresholds, chosen: cleaning.threshold }] : [],
  );

/** One row a run: what validation chose, and the test patients' DSC and HD95 before and after. */
export function cleaningRows(record: StudyRecord): Row[] {
  const means = (cleaned: boolean, metric: Metric) =>
    new Map(
      seedMeans(record, metric, { cleaned }).flatMap(({ arm, seeds }) =>
        seeds.map((s) => [`${arm} ${s.seed}` as string, s] as const),
      ),
    );
  const [dice, diceAfter, hd95, hd95After] = [
    means(false, 'dice'),
    means(true, 'dice'),
    means(false, 'hd95PooledMm'),
    means(true, 'hd95PooledMm'),
  ];
  return record.runs.flatMap(({ arm, seed, cleaning }): Row[] => {
    const key = `${arm} ${seed}`;
    if (!cleaning) return [];
    return [
      {
        arm: armLabel(record, arm),
        seed: String(seed),
        threshold: cleaning.threshold.toFixed(1),
        'post-processing': cleaning.postprocessing,
        'DSC before': dice.get(key)?.mean,
        'DSC after': diceAfter.get(key)?.mean,
        'HD95 before (mm)': hd95.get(key)?.mean,
        'HD95 after (mm)': hd95After.get(key)?.mean,
        missed: `${dice.get(key)?.missed ?? 0} → ${diceAfter.get(key)?.missed ?? 0}`,
      },
    ];
  });
}

/**
 * Patients before and after cleaning over all runs that have both: pairs are patients,
 * their values means over the runs.
 */
export function cleaningValues(record: StudyRecord, metric: Metric): PatientValues[] {
  const runs = record.runs.filter((run) => run.cleaning);
  const of = (
    name: string,
    arm: (run: StudyRecord['runs'][number]) => StudyRecord['runs'][number]['cases'],
  ): PatientValues => {
    const one: StudyRecord = {
      ...record,
      arms: [{ name, label: name }],
      seeds: runs.map((_, i) => i),
      runs: runs.map((run, i) => ({ ...run, arm: name, seed: i, cases: arm(run) })),
    };
    return patientMeans(one, metric)[0] ?? { name, values: {} };
  };
  return runs.length
    ? [of('as predicted', (run) => run.cases), of('threshold and cleaning', (run) => run.cleaning!.cases)]
    : [];
}
