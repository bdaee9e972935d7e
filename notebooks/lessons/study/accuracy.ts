/** `npm run study -- accuracy`: trains side by side what is missing, records runs and ensembles, draws them. */
import path from 'node:path';
import { UserError } from 'axunet/errors';
import { saveFigure } from 'axunet/figures/saveFigure';
import { accuracyRows, type Way } from './accuracySummary.ts';
import { openCohort } from './cohort.ts';
import { ensemblesFile, readEnsembles, recordEnsembles } from './ensembles.ts';
import { accuracyName, findStudy } from './plan.ts';
import { recordedWays, waysFigure } from './realSlices.ts';
import { readStudyRecord, recordFile } from './record.ts';
import { runStudy, type StudyResult } from './runStudy.ts';
import { trainMissing } from './trainMissing.ts';

/** Draws the DSC by patient of all ways beside the record. */
async function saveAccuracyFigure(ways: readonly Way[]): Promise<void> {
  const file = recordFile(accuracyName);
  await saveFigure(path.dirname(file), 'ways', waysFigure(ways), {
    inputs: [file, ensemblesFile()],
    command: `npm run study -- ${accuracyName} --record`,
  });
}

/** The whole study; `onlyFinished` trains nothing. Throws `TrainingStopped` after a signal. */
export async function runAccuracy(options: { dataFolder?: string; onlyFinished?: boolean }): Promise<StudyResult> {
  const { dataFolder, onlyFinished = false } = options;
  const plan = findStudy(accuracyName);
  const cohort = await openCohort(plan, dataFolder);
  if (!onlyFinished) await trainMissing(plan, cohort, dataFolder);
  const result = await runStudy(plan, cohort, { onlyFinished });
  const ensembles = await recordEnsembles(cohort).catch((error: unknown) => {
    if (onlyFinished && error instanceof UserError) return readEnsembles(); // a clone has the record, not the runs
    throw error;
  });
  const ways = recordedWays(await readStudyRecord(accuracyName), ensembles);
  if (ways.length > 0) await saveAccuracyFigure(ways);
  for (const { label, bySlice, byPatient } of accuracyRows(ways))
    console.log(`${label.padEnd(36)} by slice ${bySlice.mean.toFixed(3)}, by patient ${byPatient.mean.toFixed(3)}`);
  return result;
}
