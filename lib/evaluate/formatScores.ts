/** The scores of a run's patients as text. */
import { formatMeanSd, type Summary } from '../statistics/summary.ts';
import { type OverlapMetric, overlapMetricNames, type PatientOverlap, summariseOverlap } from './overlap.ts';
import type { ClassOverlap } from './validation.ts';

/** Scores by patient over the whole volume and over the slices with pancreas, and slice by slice. */
export interface ScoreTables {
  /** All slices of each patient, false alarms above and below the pancreas included. */
  readonly volume: PatientOverlap[];
  /** Only the slices that show pancreas, as the paper reports. */
  readonly pancreas: PatientOverlap[];
  /** Dice of each slice that shows pancreas. */
  readonly sliceDice: Summary;
  /** Each class over all slices, where several are kept apart. */
  readonly classes?: readonly ClassOverlap[];
}

/** The tables as text: a line per patient, then mean ± SD over patients. */
export function formatScores({ sliceDice, classes = [], ...scores }: ScoreTables): string {
  const tables: [string, PatientOverlap[]][] = [
    ['all slices', scores.volume],
    ['slices with pancreas only', scores.pancreas],
    ...classes.map(({ name, patients }): [string, PatientOverlap[]] => [`${name} in label or prediction`, patients]),
  ];
  const row = (title: string, cell: (name: OverlapMetric) => string): string =>
    title.padEnd(16) + overlapMetricNames.map((name) => cell(name).padStart(14)).join('');
  const header = row('', (name) => name);
  const blocks = tables.map(([title, patients]) => {
    const rows = patients.map(({ patient, scores: s }) => row(patient, (name) => s[name].toFixed(3)));
    const summary = summariseOverlap(patients);
    const mean = row('mean ± SD', (name) => formatMeanSd(summary[name]).replace(/ \(.*/, ''));
    return [`Patients, ${title}`, header, ...rows, mean].join('\n');
  });
  return `${blocks.join('\n\n')}\n\nDice of single slices with pancreas: ${formatMeanSd(sliceDice)}`;
}
