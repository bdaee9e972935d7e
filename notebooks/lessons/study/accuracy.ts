/** `npm run study -- accuracy`: trains side by side what is missing, records runs and ensembles, draws and says them. */
import path from 'node:path';
import { saveFigure } from 'axunet/figures/saveFigure';
import { TrainingStopped } from 'axunet/train/trainer';
import { forestPlot } from '../figures/forestPlot.ts';
import { accuracyRows, armWays, ensembleWays, type Way } from './accuracySummary.ts';
import { openCohort } from './cohort.ts';
import { type EnsembleRecord, ensemblesFile, readEnsembles, recordEnsembles } from './ensembles.ts';
import { accuracyName, findStudy } from './plan.ts';
import { readStudyRecord, recordFile, type StudyRecord } from './record.ts';
import { runStudy, type StudyResult, unfinishedRuns } from './runStudy.ts';
import { trainSideBySide } from './sideBySide.ts';

/** All ways of segmenting the slices that are recorded: arms first, then ensembles. */
export function recordedWays(record: StudyRecord | undefined, ensembles: EnsembleRecord | undefined): Way[] {
  const { folds } = findStudy(accuracyName);
  return [...(record ? armWays(record, folds!) : []), ...(ensembles ? ensembleWays(ensembles) : [])];
}

/** Draws the DSC by patient of all ways beside the record. */
async function saveAccuracyFigure(ways: readonly Way[]): Promise<void> {
  const rows = accuracyRows(ways).flatMap(({ label, bySlice, byPatient }) => [
    { name: label, kind: 'by patient', estimate: byPatient.mean, interval: byPatient.interval },
    { name: label, kind: 'by slice', estimate: bySlice.mean, interval: bySlice.interval },
  ]);
  const figure = forestPlot(rows, {
    title: 'Unseen real slices of 43 patients: what helps (NIH Pancreas-CT, CC BY 3.0)',
    x: 'DSC, mean and 95 % interval over patients',
    nothingAt: rows[0]?.estimate ?? 0,
  });
  const file = recordFile(accuracyName);
  await saveFigure(path.dirname(file), 'ways', figure, {
    inputs: [file, ensemblesFile()],
    command: `npm run study -- ${accuracyName} --record`,
  });
}

/** The whole study; `onlyFinished` trains nothing. Throws `TrainingStopped` after a signal. */
export async function runAccuracy(options: { dataFolder?: string; onlyFinished?: boolean }): Promise<StudyResult> {
  const { dataFolder, onlyFinished = false } = options;
  const plan = findStudy(accuracyName);
  const cohort = await openCohort(plan, dataFolder);
  if (!onlyFinished) {
    const missing = await unfinishedRuns(plan, cohort);
    if (!(await trainSideBySide(missing, { study: accuracyName, dataFolder }))) throw new TrainingStopped('SIGTERM');
  }
  const result = await runStudy(plan, cohort, { onlyFinished });
  const ensembles = onlyFinished ? await readEnsembles() : await recordEnsembles(cohort);
  const ways = recordedWays(await readStudyRecord(accuracyName), ensembles);
  if (ways.length > 0) await saveAccuracyFigure(ways);
  for (const { label, bySlice, byPatient } of accuracyRows(ways))
    console.log(`${label.padEnd(36)} by slice ${bySlice.mean.toFixed(3)}, by patient ${byPatient.mean.toFixed(3)}`);
  return result;
}
