import { existsSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { splitFold } from '../dataset/folds.ts';
import { expected, UserError } from '../errors.ts';
import { type PatientOverlap, summariseOverlap } from '../evaluate/overlap.ts';
import { readJson, writeJson } from '../io/files.ts';
import type { SliceSet } from '../preprocess/sliceSet.ts';
import { formatMeanSd } from '../statistics/summary.ts';
import { type TrainConfig, trainConfig } from '../train/config.ts';
import { loadRun } from '../train/loadRun.ts';
import { presetConfig } from '../train/presets.ts';
import { describeRun, type PatientSplit, type RunDescription } from '../train/run.ts';
import { formatScores, scoreRun } from '../train/scores.ts';
import { TrainingStopped } from '../train/trainer.ts';
import { trainFolder } from '../train/trainFolder.ts';
import type { Command } from './command.ts';
import {
  changesOf,
  foldNumber,
  foldsFor,
  presetOf,
  slicesFor,
  startTold,
  trainingHelp,
  trainingOptions,
} from './trainingOptions.ts';

const help = `Trains AX-Unet on preprocessed slices, by patient folds.

Usage: axunet train (--slices DIR | --dataset NAME) --out RUN [options]

  --slices DIR    slices that \`axunet preprocess\` made
  --dataset NAME  a data set; its slices are made in data/slices/ first where they are missing
  --data DIR      where the data set lies, if not in data/<name>
  --out RUN       the run folder: config.json, history.jsonl, tensorboard/, best/, last/, previous/, scores.json

  --fold K        validate on fold K (from 0; default 0) and train on the others
  --folds all     one run after the other for all folds, in RUN/fold-0, RUN/fold-1, ...; finished ones are skipped
  --folds-file F  folds as JSON, or a split that comes with the project (nih-2d-trial); default: 4 seeded folds
  --resume        go on from the last checkpoint in RUN with its own configuration (or start, where there is none)

${trainingHelp}

Ctrl-C or SIGTERM saves and exits with 75; start again with --resume.

Example: axunet train --dataset nih-2d --out runs/nih --preset study --minutes 14`;

const options = { ...trainingOptions, folds: { type: 'string' }, resume: { type: 'boolean', default: false } } as const;
const parse = (args: string[]) => parseArgs({ args, options }).values;

async function trainFold(
  folder: string,
  config: TrainConfig,
  slices: SliceSet,
  split: PatientSplit,
  resume: boolean,
): Promise<PatientOverlap[]> {
  await trainFolder(folder, describeRun(config, slices, split), slices, { resume, tellsConfig: true });
  if (split.validation.length === 0) return [];
  const trained = await loadRun(folder);
  const scores = await scoreRun(trained, slices);
  trained.model.dispose();
  console.log(`\n${formatScores(scores)}\n`);
  return scores.volume;
}

/** A resumed run keeps its own configuration and split; what the command line says on top must not contradict. */
async function savedDescription(folder: string, resume: boolean): Promise<RunDescription | undefined> {
  const file = path.join(folder, 'config.json');
  return resume && existsSync(file) ? ((await readJson(file)) as RunDescription) : undefined;
}

async function run(args: string[]): Promise<number> {
  const values = parse(args);
  if (values.out === undefined) throw new UserError('Expected --out RUN, the folder for the run, found none');
  if (values.folds !== undefined && values.folds !== 'all')
    throw expected('--folds all (or --fold K for one fold)', `--folds ${values.folds}`);
  if (values.folds !== undefined && values.fold !== undefined)
    throw new UserError('Expected either --fold or --folds, found both');
  const changes = await changesOf(values);
  if ((values.slices === undefined) === (values.dataset === undefined))
    throw new UserError('Expected either --slices DIR or --dataset NAME');
  const slices = await slicesFor(values, 'train');
  const preset = presetConfig(presetOf(values), slices.manifest.dataset);
  await startTold();
  const fresh = trainConfig(changes, preset);
  const folds = await foldsFor(values['folds-file'], slices, fresh.seed);
  const wanted = values.folds === 'all' ? folds.folds.map((_, k) => k) : [foldNumber(values.fold ?? '0')];
  const patients: PatientOverlap[] = [];
  try {
    for (const k of wanted) {
      const folder = values.folds === 'all' ? path.join(values.out, `fold-${k}`) : values.out;
      const resume = values.resume || values.folds === 'all';
      const saved = await savedDescription(folder, resume);
      if (wanted.length > 1) console.log(`\nfold ${k} of ${wanted.length}: ${folder}`);
      const config = saved ? trainConfig(changes, saved.config) : fresh;
      patients.push(...(await trainFold(folder, config, slices, saved?.patients ?? splitFold(folds, k), resume)));
    }
  } catch (error) {
    if (!(error instanceof TrainingStopped)) throw error;
    console.error(`\naxunet train: ${error.message}`);
    return error.exitCode;
  }
  if (values.folds === 'all') {
    const summary = summariseOverlap(patients);
    await writeJson(path.join(values.out, 'scores.json'), { folds: wanted.length, patients, summary });
    console.log(
      `All ${wanted.length} folds: patient Dice ${formatMeanSd(summary.dice)}, Jaccard ${formatMeanSd(summary.jaccard)}`,
    );
  }
  return 0;
}

export const train: Command = { name: 'train', summary: 'train the network by patient folds, resumable', help, run };
