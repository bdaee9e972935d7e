/** The figures and numbers of one training run, as they are recorded. */
import path from 'node:path';
import { summariseOverlap } from '../evaluate/overlap.ts';
import { writeJson } from '../io/files.ts';
import type { SliceSet } from '../preprocess/sliceSet.ts';
import type { CheckpointSlot } from '../train/checkpoint.ts';
import { readHistory } from '../train/history.ts';
import type { TrainedRun } from '../train/loadRun.ts';
import { type RunScores, scoreRun } from '../train/scores.ts';
import { metricsByPatient } from './metricsByPatient.ts';
import { overlayGrid } from './overlayGrid.ts';
import { predictionOverlays } from './predictionOverlays.ts';
import { codeVersion, type Provenance, saveFigure } from './saveFigure.ts';
import { fullestOfPatients, predictedCases } from './sliceExamples.ts';
import { trainingCurves } from './trainingCurves.ts';

/** What results.json says of the run besides its scores. */
export interface RunOrigin {
  /** Which of the run's checkpoints `trained` is. */
  readonly weights: CheckpointSlot;
  readonly engine: string;
  /** How the run was made. */
  readonly command?: string;
  /** Source and licence of the data. */
  readonly source?: string;
}

async function saveFigures(folder: string, trained: TrainedRun, slices: SliceSet, scores: RunScores, from: Provenance) {
  const unseen = fullestOfPatients(
    slices,
    scores.slices.map(({ index }) => index),
  );
  const cases = await predictedCases(trained, scores.slices, slices, unseen);
  const zoomMm = slices.manifest.unit === 'mm' ? 180 : 260;
  await saveFigure(folder, 'training-curves', trainingCurves(readHistory(trained.folder)), from);
  await saveFigure(folder, 'predictions', overlayGrid(cases.slice(0, 4), { zoomMm }), from);
  await saveFigure(folder, 'prediction-errors', predictionOverlays(cases, { zoomMm }), from);
  await saveFigure(folder, 'metrics-by-patient', metricsByPatient(scores), from);
}

/** Scores a run on its unseen patients, and writes its four figures and results.json into a folder. */
export async function saveRunFigures(
  folder: string,
  trained: TrainedRun,
  slices: SliceSet,
  { weights, engine, command, source }: RunOrigin,
): Promise<RunScores> {
  const { config, data, patients } = trained.description;
  const scores = await scoreRun(trained, slices);
  await saveFigures(folder, trained, slices, scores, {
    seed: config.seed,
    parameters: { config, data, weights, ...(source ? { source } : {}) },
    command,
  });
  const { slices: _, ...numbers } = scores;
  await writeJson(path.join(folder, 'results.json'), {
    command,
    source,
    version: codeVersion(),
    engine,
    weights,
    position: trained.position,
    patients,
    summary: { volume: summariseOverlap(scores.volume), pancreas: summariseOverlap(scores.pancreas) },
    ...numbers,
    config,
    data,
  });
  return scores;
}
