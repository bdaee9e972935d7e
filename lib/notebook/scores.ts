/** Scores as tables, and the methods that a network has to beat. */
import type { CaseList } from '../dataset/cases.ts';
import { bestThresholdDice, locationPriorDice } from '../dataset/phantom/baselines.ts';
import { overlapMetricNames, summariseOverlap, type PatientOverlap } from '../evaluate/overlap.ts';
import type { Method } from '../figures/baselineComparison.ts';
import { formatMeanSd } from '../statistics/summary.ts';
import type { PatientSplit } from '../train/run.ts';
import { readCase } from './examples.ts';
import { showTable } from './session.ts';

/** One row per patient with the scores over the whole volume, then mean ± SD of both ways to count. */
export async function showScores({ volume, pancreas }: { volume: readonly PatientOverlap[]; pancreas: readonly PatientOverlap[] }): Promise<void> {
  const means = (name: string, patients: readonly PatientOverlap[]): Record<string, unknown> => {
    const summary = summariseOverlap(patients);
    return { patient: name, slices: '', ...Object.fromEntries(overlapMetricNames.map((m) => [m, formatMeanSd(summary[m])])) };
  };
  showTable([
    ...volume.map(({ patient, slices, scores }) => ({ patient, slices, ...scores })),
    means('mean ± SD, whole volume', volume),
    means('mean ± SD, pancreas slices', pancreas),
  ]);
}

/**
 * DSC of the best HU window and of the location prior on the unseen patients of each split. Needs volumes: a set of
 * pictures, whose HU and place are gone, gives an empty list.
 */
export async function simpleMethods(list: CaseList, splits: readonly PatientSplit[]): Promise<Method[]> {
  if (list.kind !== '3d') return [];
  const threshold: Record<string, number> = {};
  const prior: Record<string, number> = {};
  for (const { training, validation } of splits) {
    const read = (patients: readonly string[]): ReturnType<typeof readCase>[] => list.cases.filter((c) => c.label && patients.includes(c.patient)).map(readCase);
    const [seen, unseen] = [await Promise.all(read(training)), await Promise.all(read(validation))];
    const byThreshold = bestThresholdDice(unseen).dice;
    const byPrior = locationPriorDice(seen, unseen).dice;
    const patients = list.cases.filter((c) => c.label && validation.includes(c.patient)).map((c) => c.patient);
    patients.forEach((patient, i) => Object.assign(threshold, { [patient]: byThreshold[i] }));
    patients.forEach((patient, i) => Object.assign(prior, { [patient]: byPrior[i] }));
  }
  return [{ name: 'Best HU window', dice: threshold }, { name: 'Location prior', dice: prior }];
}
