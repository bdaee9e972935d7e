import { existsSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { runFold } from '../crossval/fold.ts';
import { assertTestedOnce, type CrossvalPlan, keepPlan, planFolds, readPlan } from '../crossval/plan.ts';
import { formatCrossval, writeCrossval } from '../crossval/report.ts';
import { type Crossval, type EvaluationOptions, readFold } from '../crossval/result.ts';
import { type FailedFold, summariseFolds } from '../crossval/summary.ts';
import { type CaseList } from '../dataset/caseList.ts';
import { openDataset } from '../dataset/cases.ts';
import { expected, messageOf, UserError } from '../errors.ts';
import { type Metric, metricInfo, metricNames } from '../evaluate/metrics.ts';
import { readJson, writeJson } from '../io/files.ts';
import { openSlices, type SliceSet } from '../preprocess/sliceSet.ts';
import { trainConfig } from '../train/config.ts';
import { presetConfig } from '../train/presets.ts';
import { describeRun } from '../train/run.ts';
import { TrainingStopped } from '../train/trainer.ts';
import type { Command } from './command.ts';
import { evaluationHelp, mirrorOf, postprocessingOf, thresholdOf, weightsOf } from './predictOptions.ts';
import { shardOf } from './shard.ts';
import {
  changesOf,
  foldNumber,
  foldsFor,
  groupsOf,
  presetOf,
  slicesOfDataset,
  startTold,
  trainingHelp,
  trainingOptions,
} from './trainingOptions.ts';

const help = `Cross-validates by patients: trains every fold, tests each patient once on its whole volume, and sums up in one table.

Usage: axunet crossval --dataset NAME --out DIR [options]

  --dataset NAME  a set of CT volumes (axunet data lists them), or a folder of one
  --data DIR      where the data set lies, if not in data/<name>
  --slices DIR    its slices, if not to be made in data/slices/
  --out DIR       for plan.json, judging.json, fold-0/, fold-1/, ..., masks/ (each by the network that never saw the patient),
                  cases.csv, summary.csv, summary.md, summary.json

  --folds-file F  folds as JSON; default: 4 seeded folds balanced by group
  --hold-out N    one in N patients of a fold's training side chooses weights, threshold and post-processing (default 5)
  --fold K        only this fold (from 0)
  --shard I/N     only every N-th fold from the I-th (1 to N), for several machines on one folder
  --summary       no fold at all: sums up the folds that are there

${evaluationHelp}
                  (the default). What is chosen goes by the fold's validation patients, never by its test patients
  --metric M      what post-processing is chosen by (default dice)
  --probability   also fold-K/test/<case>_probability.nii.gz

${trainingHelp}

Started again it goes on, with the options it was started with where no others are given: training from its checkpoint, finished
folds are skipped (same volumes, labels, weights and options). Other training options need another folder; other options of judging
(weights to metric) judge the trained folds again.
Ctrl-C or SIGTERM in training saves and exits with 75. Exit code 1 when a fold or a case failed; the others are kept.

Example: axunet crossval --dataset phantom --out runs/phantom-cv --preset demo`;

const options = {
  ...trainingOptions,
  'hold-out': { type: 'string' },
  shard: { type: 'string' },
  summary: { type: 'boolean', default: false },
  threshold: { type: 'string' },
  mirror: { type: 'string' },
  postprocess: { type: 'string' },
  weights: { type: 'string' },
  metric: { type: 'string' },
  probability: { type: 'boolean', default: false },
  probabilities: { type: 'boolean', default: false },
} as const;
type Values = ReturnType<typeof parse>;
const parse = (args: string[]) => parseArgs({ args, options }).values;

function metricOf(text = 'dice'): Metric {
  const names = metricNames.filter((name) => metricInfo[name].better !== 'none');
  if ((names as readonly string[]).includes(text)) return text as Metric;
  throw expected(`--metric to be one of ${names.join(', ')}`, `"${text}"`);
}

/** What the command line says about judging, on top of what the folder was judged with before. */
function evaluationOf(values: Values, seed: number, before?: EvaluationOptions): EvaluationOptions {
  const { weights, threshold, mirror, postprocess, metric, probability, probabilities } = values;
  return {
    weights: weights === undefined && before ? before.weights : weightsOf(weights),
    threshold: threshold === undefined && before ? before.threshold : thresholdOf(threshold),
    mirror: mirror === undefined && before ? before.mirror : mirrorOf(mirror),
    postprocessing:
      postprocess === undefined && before ? before.postprocessing : postprocessingOf(postprocess ?? 'chosen')!,
    metric: metric === undefined && before ? before.metric : metricOf(metric),
    seed,
    probability: probability || probabilities || (before?.probability ?? false),
  };
}

function holdOutOf(text: string): number {
  if (/^\d+$/.test(text) && Number(text) >= 2) return Number(text);
  throw expected('--hold-out N with a whole number from 2 (one in N patients)', `"${text}"`);
}

/** A set whose volumes can be predicted and whose labels are there. */
async function openVolumes(values: Values): Promise<CaseList> {
  const list = await openDataset(values.dataset!, values.data);
  if (list.kind === '3d') return list;
  throw expected(
    'a set of CT volumes, whose patients are scored on whole volumes',
    `pictures of slices (${list.dataset}); axunet train --folds all scores those`,
  );
}

/** The plan that the command line asks for; of a folder that has one, with its configuration where nothing else is said. */
async function planFor(values: Values, slices: SliceSet, old: CrossvalPlan | undefined): Promise<CrossvalPlan> {
  const changes = await changesOf(values);
  const config = trainConfig(
    changes,
    old && values.preset === undefined ? old.config : presetConfig(presetOf(values), slices.manifest.dataset),
  );
  const holdOut = values['hold-out'] === undefined ? (old?.holdOut ?? 5) : holdOutOf(values['hold-out']);
  const folds =
    old && values['folds-file'] === undefined
      ? { seed: config.seed, folds: old.folds.map(({ test }) => test) }
      : await foldsFor(values['folds-file'], slices, config.seed);
  const planned = planFolds(folds, { seed: config.seed, holdOut, groups: groupsOf(slices) });
  const { data } = describeRun(config, slices, planned[0]);
  return { version: 1, data, config, holdOut, folds: planned };
}

/** The folds that this call is to run. */
function wantedFolds(values: Values, { folds }: CrossvalPlan): number[] {
  const all = folds.map((_, k) => k);
  if (values.summary) return [];
  if (values.fold === undefined) return shardOf(all, values.shard);
  const k = foldNumber(values.fold);
  if (all.includes(k)) return [k];
  throw expected(`--fold from 0 to ${all.length - 1}`, values.fold);
}

/** Runs the folds one after the other; one that fails is noted and the others go on. A signal ends it all. */
async function runFolds(crossval: Crossval, wanted: readonly number[]): Promise<FailedFold[]> {
  const failed: FailedFold[] = [];
  for (const fold of wanted) {
    const { training, validation, test } = crossval.plan.folds[fold];
    console.log(
      `\nfold ${fold}: ${training.length} patients to train on, ${validation.length} to choose by, ${test.length} to test`,
    );
    try {
      const { wasComplete } = await runFold(crossval, fold);
      if (wasComplete) console.log(`fold ${fold} was complete`);
    } catch (error) {
      if (error instanceof TrainingStopped) throw error;
      failed.push({ fold, reason: messageOf(error) });
      console.error(`axunet crossval: fold ${fold} failed: ${messageOf(error)}`);
    }
  }
  return failed;
}

/** Sums up the folds that have a result with these options, those aside that just failed; the exit code. */
async function sumUp(crossval: Crossval, failed: readonly FailedFold[]): Promise<number> {
  const { folder, plan } = crossval;
  const read = await Promise.all(
    plan.folds.map((_, k) => (failed.some(({ fold }) => fold === k) ? undefined : readFold(folder, k))),
  );
  const results = read.filter((result) => result !== undefined);
  const current = results.filter(({ made }) => JSON.stringify(made.options) === JSON.stringify(crossval.options));
  if (current.length < results.length) {
    const others = results.filter((result) => !current.includes(result)).map(({ fold }) => fold);
    console.error(
      `axunet crossval: folds that were judged with other options are left out until they run again: ${others.join(', ')}`,
    );
  }
  const summary = summariseFolds(crossval, current, failed);
  await writeCrossval(folder, summary);
  console.log(`\n${formatCrossval(summary)}`);
  return summary.failedFolds.length + summary.failed.length > 0 ? 1 : 0;
}

async function run(args: string[]): Promise<number> {
  const values = parse(args);
  if (values.dataset === undefined || values.out === undefined)
    throw new UserError('Expected axunet crossval --dataset NAME --out DIR');
  if ([values.fold, values.shard, values.summary || undefined].filter((v) => v !== undefined).length > 1)
    throw new UserError('Expected one of --fold, --shard and --summary, found several');
  const judgingOptions = (['weights', 'mirror', 'threshold', 'postprocess', 'metric'] as const).filter(
    (name) => values[name] !== undefined,
  );
  if (values.summary && judgingOptions.length > 0)
    throw expected('--summary without options of judging, which it cannot apply', `--${judgingOptions.join(', --')}`);
  evaluationOf(values, 0); // what is wrong with it is said before the long work
  const list = await openVolumes(values);
  const old = await readPlan(values.out);
  const preset = values.preset === undefined && old?.data.mode === 'paper' ? 'paper' : presetOf(values);
  const slices =
    values.slices === undefined ? await slicesOfDataset(list, preset, 'crossval') : await openSlices(values.slices);
  const plan = await planFor(values, slices, old);
  assertTestedOnce(plan.folds, [...new Set(slices.entries.map(({ patient }) => patient))]);
  const wanted = wantedFolds(values, plan);
  await keepPlan(values.out, plan);
  const judging = path.join(values.out, 'judging.json');
  const evaluation = evaluationOf(
    values,
    plan.config.seed,
    existsSync(judging) ? ((await readJson(judging)) as EvaluationOptions) : undefined,
  );
  await writeJson(judging, evaluation);
  const crossval: Crossval = { folder: values.out, plan, list, slices, options: evaluation };
  if (wanted.length > 0) await startTold();
  try {
    return await sumUp(crossval, await runFolds(crossval, wanted));
  } catch (error) {
    if (!(error instanceof TrainingStopped)) throw error;
    console.error(`\naxunet crossval: ${error.message}`);
    return error.exitCode;
  }
}

export const crossval: Command = {
  name: 'crossval',
  summary: 'train and test all patient folds, with one results table',
  help,
  run,
};
