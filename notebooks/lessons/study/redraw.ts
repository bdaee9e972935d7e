/** `npm run study -- --redraw`: the figures beside the records of studies once more, from these records alone. */
import path from 'node:path';
import { saveFigure } from 'axunet/figures/saveFigure';
import { projectPath } from 'axunet/settings';
import { seedPoints } from '../figures/seedPoints.ts';
import { drawGreyScale, greyScaleName, readGreyScale } from '../shipped/greyScale.ts';
import { classesApartMetrics } from './classesApart.ts';
import { ensemblesFile, readEnsembles } from './ensembles.ts';
import { accuracyName, classesApartName } from './plan.ts';
import { plannedName } from './plannedCohort.ts';
import { savePlannedFigure } from './plannedOutcome.ts';
import { realSlices, recordedWays, waysFigure, worstFigure } from './realSlices.ts';
import { readStudyRecord, recordFile } from './record.ts';

/** The figure of a study's record in `folder/study-NAME`; false where nothing is recorded. */
type Redraw = (folder: string) => Promise<boolean>;

/** DSC by patient of all ways beside the record of the accuracy. */
export async function drawAccuracy(folder: string): Promise<boolean> {
  const ways = recordedWays(await readStudyRecord(accuracyName), await readEnsembles());
  if (ways.length === 0) return false;
  await saveFigure(path.join(folder, `study-${accuracyName}`), 'ways', waysFigure(ways), {
    inputs: [recordFile(accuracyName), ensemblesFile()],
    command: `npm run study -- ${accuracyName} --record`,
  });
  return true;
}

/** The real slices with the lowest DSC among the figures of the notebooks, above `folder`. */
async function drawWorst(folder: string): Promise<boolean> {
  const { unseen, source } = await realSlices();
  if (unseen.worst.length === 0) return false;
  const { dataset, parameters, inputs } = source;
  await saveFigure(path.dirname(folder), 'real-worst', worstFigure(unseen), {
    parameters: { dataset, ...parameters },
    inputs,
    command: 'npm run study -- --redraw',
  });
  return true;
}

/** The seeds of one class and of two beside their record. */
export async function drawClassesApart(folder: string): Promise<boolean> {
  const record = await readStudyRecord(classesApartName);
  if (!record?.runs.length) return false;
  const title = `${record.title}: ${record.runs[0]!.cases.length} unseen phantom patients`;
  const file = recordFile(classesApartName);
  const figure = seedPoints(classesApartMetrics(record), { title });
  await saveFigure(path.join(folder, `study-${classesApartName}`), 'seed-points', figure, {
    inputs: [file],
    command: record.command,
  });
  return true;
}

const redraws: Readonly<Record<string, Redraw>> = {
  [accuracyName]: drawAccuracy,
  'real-worst': drawWorst,
  [classesApartName]: drawClassesApart,
  [plannedName]: async (folder) => (await savePlannedFigure(path.join(folder, plannedName))).length > 0,
  [greyScaleName]: async (folder) => {
    await drawGreyScale(await readGreyScale(), path.join(folder, greyScaleName));
    return true;
  },
};

/**
 * Draws all of them into their folders below `folder`; the names of those that were drawn. The records stay as they
 * are.
 */
export async function redrawRecorded(folder = projectPath('figures/recorded')): Promise<string[]> {
  const drawn: string[] = [];
  for (const [name, redraw] of Object.entries(redraws)) if (await redraw(folder)) drawn.push(name);
  return drawn;
}
