/** `npm run study -- accuracy`: trains side by side what is missing, records runs and ensembles, draws them. */
import { UserError } from 'axunet/errors';
import { projectPath } from 'axunet/settings';
import { accuracyRows } from './accuracySummary.ts';
import { openCohort } from './cohort.ts';
import { readEnsembles, recordEnsembles } from './ensembles.ts';
import { accuracyName, findStudy } from './plan.ts';
import { recordedWays } from './realSlices.ts';
import { readStudyRecord } from './record.ts';
import { drawAccuracy } from './redraw.ts';
import { runStudy, type StudyResult } from './runStudy.ts';
import { trainMissing } from './trainMissing.ts';

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
  await drawAccuracy(projectPath('figures/recorded'));
  for (const { label, bySlice, byPatient } of accuracyRows(ways))
    console.log(`${label.padEnd(36)} by slice ${bySlice.mean.toFixed(3)}, by patient ${byPatient.mean.toFixed(3)}`);
  return result;
}
