/** The final account of a run: how its network does on the patients that it was not trained on. */
import path from 'node:path';
import {
  dice,
  overlapByPatient,
  overlapMetricNames,
  type PatientOverlap,
  summariseOverlap,
} from '../evaluate/overlap.ts';
import { type ScoredSlice, scoreSlices } from '../evaluate/slices.ts';
import { type ClassOverlap, overlapByClass } from '../evaluate/validation.ts';
import { writeJson } from '../io/files.ts';
import type { SliceSet } from '../preprocess/sliceSet.ts';
import { formatMeanSd, type Summary, summarise } from '../statistics/summary.ts';
import type { TrainedRun } from './loadRun.ts';
import { slicesOf } from './run.ts';

/** Scores by patient over the whole volume and over the slices with pancreas, and slice by slice. */
export interface RunScores {
  /** All slices of each patient, false alarms above and below the pancreas included. */
  readonly volume: PatientOverlap[];
  /** Only the slices that show pancreas, as the paper reports. */
  readonly pancreas: PatientOverlap[];
  /** Dice of each slice that shows pancreas. */
  readonly sliceDice: Summary;
  readonly slices: readonly ScoredSlice[];
  /** Each class over all slices, where several are kept apart. */
  readonly classes?: readonly ClassOverlap[];
}

/**
 * Scores the validation patients of a run (or the given ones) on the slices' own pixels and writes `scores.json` into
 * the run folder. These patients chose the `best` checkpoint, which flatters it a little; `last` is free of that.
 */
export async function scoreRun(
  run: TrainedRun,
  slices: SliceSet,
  options: { patients?: readonly string[]; onProgress?: (done: number, total: number) => void } = {},
): Promise<RunScores> {
  const { patients = run.description.patients.validation, onProgress } = options;
  const scored = await scoreSlices(run.model, slices, slicesOf(slices, patients), {
    grid: run.grid,
    batchSize: run.description.config.batchSize,
    onProgress,
  });
  const classes = overlapByClass(scored, run.classes);
  const withPancreas = scored.filter(({ counts }) => counts.tp + counts.fn > 0);
  const scores: RunScores = {
    volume: overlapByPatient(scored, 'volume'),
    pancreas: overlapByPatient(scored, 'pancreas'),
    sliceDice: summarise(withPancreas.map(({ counts }) => dice(counts))),
    slices: scored,
    ...(classes.length > 0 && { classes }),
  };
  const named = scored.map(({ index, ...rest }) => ({ id: slices.entries[index].id, ...rest }));
  await writeJson(path.join(run.folder, 'scores.json'), {
    step: run.position.step,
    sha256: run.sha256,
    ...scores,
    slices: named,
  });
  return scores;
}

/** The scores as text: a line per patient, then mean ± SD over patients. */
export function formatScores({ sliceDice, classes = [], ...scores }: Omit<RunScores, 'slices'>): string {
  const tables: [string, PatientOverlap[]][] = [
    ['all slices', scores.volume],
    ['slices with pancreas only', scores.pancreas],
    ...classes.map(({ name, patients }): [string, PatientOverlap[]] => [`${name} in label or prediction`, patients]),
  ];
  const row = (title: string, cell: (name: (typeof overlapMetricNames)[number]) => string): string =>
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
