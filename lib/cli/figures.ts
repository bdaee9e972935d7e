import path from 'node:path';
import { parseArgs } from 'node:util';
import { startEngine } from 'axunet-engine/engine';
import { UserError } from '../errors.ts';
import { summariseOverlap } from '../evaluate/overlap.ts';
import { metricsByPatient } from '../figures/metricsByPatient.ts';
import { overlayGrid } from '../figures/overlayGrid.ts';
import { predictionOverlays } from '../figures/predictionOverlays.ts';
import { codeVersion, type Provenance, saveFigure } from '../figures/saveFigure.ts';
import { fullestOfPatients, predictedCases } from '../figures/sliceExamples.ts';
import { trainingCurves } from '../figures/trainingCurves.ts';
import { writeJson } from '../io/files.ts';
import { openSlices } from '../preprocess/sliceSet.ts';
import { readHistory } from '../train/history.ts';
import { loadRun } from '../train/loadRun.ts';
import { formatScores, scoreRun } from '../train/scores.ts';
import type { Command } from './command.ts';

const help = `Draws the figures of a training run and writes its numbers: curves, predictions and scores on its unseen patients.

Usage: axunet figures RUN --slices DIR --out DIR [options]

  RUN            the folder that \`axunet train\` made
  --slices DIR   the slices that it was trained on
  --out DIR      for PNG, SVG and JSON of each figure, and results.json
  --weights W    best (highest validation Dice, the default) or last
  --command TEXT how the run was made, for results.json
  --source TEXT  source and licence of the data, for results.json

Example: axunet figures runs/nih --slices data/slices/nih-2d-default --out figures/recorded/nih-2d`;

async function run(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      slices: { type: 'string' },
      out: { type: 'string' },
      weights: { type: 'string', default: 'best' },
      command: { type: 'string' },
      source: { type: 'string' },
    },
  });
  const { slices: slicesFolder, out, weights, command, source } = values;
  if (positionals.length !== 1 || !slicesFolder || !out)
    throw new UserError('Expected axunet figures RUN --slices DIR --out DIR');
  if (weights !== 'best' && weights !== 'last')
    throw new UserError(`Expected --weights best or last, found "${weights}"`);
  const engine = await startEngine();
  const [trained, slices] = [await loadRun(positionals[0]!, weights), await openSlices(slicesFolder)];
  const { config, data, patients } = trained.description;
  const scores = await scoreRun(trained, slices);
  const unseen = fullestOfPatients(
    slices,
    scores.slices.map(({ index }) => index),
  );
  const cases = await predictedCases(trained, scores.slices, slices, unseen);
  const zoomMm = slices.manifest.unit === 'mm' ? 180 : 260;
  const from: Provenance = {
    seed: config.seed,
    parameters: { config, data, weights, ...(source ? { source } : {}) },
    command,
  };
  await saveFigure(out, 'training-curves', trainingCurves(readHistory(trained.folder)), from);
  await saveFigure(out, 'predictions', overlayGrid(cases.slice(0, 4), { zoomMm }), from);
  await saveFigure(out, 'prediction-errors', predictionOverlays(cases, { zoomMm }), from);
  await saveFigure(out, 'metrics-by-patient', metricsByPatient(scores), from);
  const { slices: _, ...numbers } = scores;
  await writeJson(path.join(out, 'results.json'), {
    command,
    source,
    version: codeVersion(),
    engine: engine.description,
    weights,
    position: trained.position,
    patients,
    summary: { volume: summariseOverlap(scores.volume), pancreas: summariseOverlap(scores.pancreas) },
    ...numbers,
    config,
    data,
  });
  console.log(`${formatScores(scores)}\n\nFigures and results.json are in ${out}`);
  return 0;
}

export const figures: Command = {
  name: 'figures',
  summary: 'draw the curves, predictions and scores of a training run',
  help,
  run,
};
