import path from 'node:path';
import { parseArgs } from 'node:util';
import { existsSync } from 'node:fs';
import { openDataset } from '../dataset/cases.ts';
import { makeFolds, readFolds, splitFold, type Folds } from '../dataset/folds.ts';
import { startEngine } from '../engine/engine.ts';
import { expected, UserError } from '../errors.ts';
import { summariseOverlap, type PatientOverlap } from '../evaluate/overlap.ts';
import { readJson, writeJson } from '../io/files.ts';
import { preprocessDataset } from '../preprocess/slices.ts';
import { openSlices, type SliceSet } from '../preprocess/sliceSet.ts';
import { startProgress } from '../progress.ts';
import { profiles, projectPath, settings, type Profile } from '../settings.ts';
import { formatMeanSd } from '../statistics/summary.ts';
import { describeConfig, parseChanges, trainConfig, type TrainChanges, type TrainConfig } from '../train/config.ts';
import { loadRun } from '../train/loadRun.ts';
import { presetConfig } from '../train/presets.ts';
import { consoleReport } from '../train/report.ts';
import { closeRun, describeRun, openRun, type PatientSplit, type RunDescription } from '../train/run.ts';
import { formatScores, scoreRun } from '../train/scores.ts';
import { train as trainRun, TrainingStopped } from '../train/trainer.ts';
import type { Command } from './command.ts';

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

  --preset P      ${profiles.join(', ')} (default: AXUNET_PROFILE); paper is the reference's run
  --config FILE   options as JSON
  --set NAME=V    one option, such as --set width=16 --set optimizer.name=adam; may be repeated
  --epochs N, --minutes M, --seed S   shorthands; with --minutes the learning rate follows the clock

Ctrl-C or SIGTERM saves and exits with 75; start again with --resume.

Example: axunet train --dataset nih-2d --out runs/nih --preset study --minutes 14`;

const options = {
  slices: { type: 'string' }, dataset: { type: 'string' }, data: { type: 'string' }, out: { type: 'string' },
  fold: { type: 'string' }, folds: { type: 'string' }, 'folds-file': { type: 'string' }, resume: { type: 'boolean', default: false },
  preset: { type: 'string' }, config: { type: 'string' }, set: { type: 'string', multiple: true, default: [] as string[] },
  epochs: { type: 'string' }, minutes: { type: 'string' }, seed: { type: 'string' },
} as const;
type Values = ReturnType<typeof parse>;
const parse = (args: string[]) => parseArgs({ args, options }).values;

function presetOf(values: Values): Profile {
  const preset = values.preset ?? settings.profile;
  if ((profiles as readonly string[]).includes(preset)) return preset as Profile;
  throw expected(`--preset to be one of ${profiles.join(', ')}`, `"${preset}"`);
}

/** Throws for what is no whole number; `splitFold` knows whether there is such a fold. */
function foldNumber(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw expected('--fold with the number of a fold, from 0', `"${text}"`);
}

/** What the command line asks to change, the most specific last. */
async function changesOf(values: Values): Promise<TrainChanges> {
  const file = values.config ? ((await readJson(values.config)) as TrainChanges) : {};
  const shorthands = (['epochs', 'minutes', 'seed'] as const).flatMap((name) => (values[name] === undefined ? [] : [`${name}=${values[name]}`]));
  return { ...file, ...parseChanges([...values.set, ...shorthands]) };
}

async function slicesFor(values: Values): Promise<SliceSet> {
  if ((values.slices === undefined) === (values.dataset === undefined)) throw new UserError('Expected either --slices DIR or --dataset NAME');
  if (values.slices !== undefined) return openSlices(values.slices);
  const list = await openDataset(values.dataset!, values.data);
  const mode = presetOf(values) === 'paper' ? 'paper' : 'default';
  const out = projectPath('data', 'slices', `${list.dataset.replace(/[^\w.-]+/g, '-')}-${mode}`);
  const progress = startProgress('preprocess', list.cases.length);
  const { failed } = await preprocessDataset(list, { out, mode, onProgress: (done, _, note) => progress.update(done, note) });
  progress.finish();
  for (const { id, reason } of failed) console.error(`axunet train: case ${id} is left out: ${reason}`);
  return openSlices(out);
}

/** The split of a run: of a resumed one, else a fold of the given folds, else of seeded ones balanced by group. */
async function foldsFor(values: Values, slices: SliceSet, seed: number): Promise<Folds> {
  const patients = [...new Set(slices.entries.map(({ patient }) => patient))];
  if (values['folds-file'] !== undefined) return readFolds(values['folds-file'], patients);
  const groups = Object.fromEntries(slices.manifest.cases.flatMap(({ patient, group }) => (group ? [[patient, group]] : [])));
  return makeFolds(patients, { seed, groups });
}

async function trainFold(folder: string, config: TrainConfig, slices: SliceSet, split: PatientSplit, resume: boolean): Promise<PatientOverlap[]> {
  const run = openRun(folder, describeRun(config, slices, split), slices);
  const report = consoleReport(run);
  try {
    console.log(describeConfig(config));
    console.log(`  ${'patients'.padEnd(18)} ${split.training.length} to train on, ${split.validation.length} to validate on`);
    console.log(run.memory);
    report.finish(await trainRun(run, { resume, ...report }));
  } finally {
    closeRun(run);
  }
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
  if (values.folds !== undefined && values.folds !== 'all') throw expected('--folds all (or --fold K for one fold)', `--folds ${values.folds}`);
  if (values.folds !== undefined && values.fold !== undefined) throw new UserError('Expected either --fold or --folds, found both');
  const changes = await changesOf(values);
  const slices = await slicesFor(values);
  const preset = presetConfig(presetOf(values), slices.manifest.dataset);
  const engine = await startEngine();
  console.log(`engine: ${engine.description}${engine.fallbackReason ? ` (${engine.fallbackReason})` : ''}`);
  const fresh = trainConfig(changes, preset);
  const folds = await foldsFor(values, slices, fresh.seed);
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
    console.log(`All ${wanted.length} folds: patient Dice ${formatMeanSd(summary.dice)}, Jaccard ${formatMeanSd(summary.jaccard)}`);
  }
  return 0;
}

export const train: Command = { name: 'train', summary: 'train the network by patient folds, resumable', help, run };
