import { existsSync } from 'node:fs';
import path from 'node:path';
import { isSameJson } from '../../checks.ts';
import { keepsApart } from '../../crossval/classes.ts';
import { runFold } from '../../crossval/fold.ts';
import { assertTestedOnce, type CrossvalPlan, keepPlan, planFolds, readPlan } from '../../crossval/plan.ts';
import { evaluationSchema, readFold } from '../../crossval/readResult.ts';
import { formatCrossval } from '../../crossval/report.ts';
import { type Crossval, type EvaluationOptions } from '../../crossval/result.ts';
import { type FailedFold, summariseFolds } from '../../crossval/summary.ts';
import { writeCrossval } from '../../crossval/writeReport.ts';
import type { CaseList, LabelClass, OpenOptions } from '../../dataset/caseList.ts';
import { openDataset } from '../../dataset/cases.ts';
import { areSameClasses, describeClasses, parseClasses } from '../../dataset/classes.ts';
import { cleanText, expected, messageOf, UserError } from '../../errors.ts';
import { keepJson } from '../../io/files.ts';
import { assertFileEach } from '../../io/insideFolder.ts';
import { readJsonAs } from '../../io/schema.ts';
import { type SliceSet } from '../../preprocess/sliceSet.ts';
import type { TrainConfig } from '../../train/config.ts';
import { presetConfig } from '../../train/presets.ts';
import { describeRun } from '../../train/run.ts';
import { TrainingStopped } from '../../train/trainer.ts';
import type { Call } from '../definition.ts';
import type { options } from '../definitions/crossval.ts';
import { judgingOptions } from '../options/judging.ts';
import { withPlanned } from '../options/labelMap.ts';
import { seriesOf } from '../options/series.ts';
import { shardOf } from '../options/shard.ts';
import {
  foldsFor,
  groupsOf,
  openMadeSlices,
  planIn,
  presetOf,
  readTrainingOptions,
  slicesOfDataset,
  startTold,
} from './training.ts';

type Values = Call<typeof options>['values'];

/** What the command line says about judging, on top of what the folder was judged with before. */
function evaluationOf(values: Values, seed: number, before?: EvaluationOptions): EvaluationOptions {
  return {
    weights: values.weights ?? before?.weights ?? 'best',
    threshold: values.threshold ?? before?.threshold ?? 0.5,
    mirror: values.mirror ?? before?.mirror ?? [],
    postprocessing: values.postprocess ?? before?.postprocessing ?? 'chosen',
    metric: values.metric ?? before?.metric ?? 'dice',
    seed,
    probability: values.probability || (before?.probability ?? false),
  };
}

/** Judges with what the command line says, else as the folder was judged before, and remembers it there. */
async function keepEvaluation(folder: string, values: Values, seed: number): Promise<EvaluationOptions> {
  const file = path.join(folder, 'judging.json');
  const before = existsSync(file) ? await readJsonAs(file, evaluationSchema) : undefined;
  const evaluation = evaluationOf(values, seed, before);
  await keepJson(file, evaluation);
  return evaluation;
}

/** A set whose volumes can be predicted and whose labels are there, with the classes that `labels` keeps apart. */
async function openVolumes(dataset: string, values: Values, labels?: OpenOptions): Promise<CaseList> {
  const list = await openDataset(dataset, values.data, { ...labels, ...seriesOf(values) });
  assertFileEach(
    list.cases.map(({ id }) => id),
    'ids of cases',
    list.folder,
  );
  if (list.kind === '3d') return list;
  throw expected(
    'a set of CT volumes, whose patients are scored on whole volumes',
    `pictures of slices (${list.dataset}); axunet train --folds all scores those`,
  );
}

/** What the labels mean to slices or a plan that keep classes; nothing where they do not. */
const rulesOf = (classes?: readonly LabelClass[], otherLabels?: 'background'): OpenOptions | undefined =>
  classes && { ...parseClasses(describeClasses(classes)), ...(otherLabels && { otherLabels }) };

/** The set with the classes of the slices, which must be those of the command line where it names any. */
async function withClassesOf(slices: SliceSet, list: CaseList, values: Values): Promise<CaseList> {
  const { classes } = slices.manifest;
  if (areSameClasses(classes, list.classes)) return list;
  if (!list.classes) return openVolumes(values.dataset!, values, rulesOf(classes));
  throw expected(
    `slices with the classes ${describeClasses(list.classes)}`,
    classes ? describeClasses(classes) : 'none that are kept apart',
    values.slices,
  );
}

/** The plan that the command line asks for; in a folder that has one, its configuration where nothing else is said. */
async function planFor(
  values: Values,
  changed: (base: TrainConfig) => TrainConfig,
  { slices, list: { otherLabels } }: Pick<Crossval, 'slices' | 'list'>,
  old: CrossvalPlan | undefined,
): Promise<CrossvalPlan> {
  const config = changed(
    old && values.preset === undefined ? old.config : presetConfig(presetOf(values), slices.manifest.dataset),
  );
  const holdOut = values.holdOut ?? old?.holdOut ?? 5;
  const folds =
    old && values.foldsFile === undefined && values.foldsSeed === undefined
      ? { seed: config.seed, folds: old.folds.map(({ test }) => test) }
      : await foldsFor(values, slices, config.seed);
  const planned = planFolds(folds, { seed: config.seed, holdOut, groups: groupsOf(slices) });
  const { data } = describeRun(config, slices, planned[0]);
  const others = data.classes && otherLabels === 'background' && { otherLabels };
  return { version: 1, data, config, holdOut, ...others, folds: planned };
}

/** The folds that this call is to run. */
function wantedFolds({ summary, fold, shard }: Values, { folds }: CrossvalPlan): number[] {
  const all = folds.map((_, k) => k);
  if (summary) return [];
  if (fold === undefined) return shardOf(all, shard);
  if (all.includes(fold)) return [fold];
  throw expected(`--fold from 0 to ${all.length - 1}`, `${fold}`);
}

/** Runs the folds one after the other; one that fails is noted and the others go on. A signal ends it all. */
async function runFolds(crossval: Crossval, wanted: readonly number[]): Promise<FailedFold[]> {
  const failed: FailedFold[] = [];
  for (const fold of wanted) {
    const { training, validation, test } = crossval.plan.folds[fold];
    const counts = `${training.length} patients to train on, ${validation.length} to choose by, ${test.length} to test`;
    console.log(`\nfold ${fold}: ${counts}`);
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
  const current = results.filter(({ made }) => isSameJson(made.options, crossval.options));
  if (current.length < results.length) {
    const others = results.filter((result) => !current.includes(result)).map(({ fold }) => fold);
    console.error(
      'axunet crossval: folds that were judged with other options are left out until they run again: ' +
        others.join(', '),
    );
  }
  const summary = summariseFolds(crossval, current, failed);
  await writeCrossval(folder, summary);
  console.log(`\n${formatCrossval(summary)}`);
  for (const { id, message, fold } of summary.warnings)
    if (fold !== undefined) console.error(`axunet crossval: warning: fold ${fold}, case ${cleanText(id)}: ${message}`);
  return summary.failedFolds.length + summary.failed.length > 0 ? 1 : 0;
}

/** Throws a UserError for options that contradict each other. */
function checkOptions({ fold, shard, summary, ...values }: Values): void {
  if ([fold !== undefined, shard !== undefined, summary].filter(Boolean).length > 1)
    throw new UserError('Expected one of --fold, --shard and --summary, found several');
  const names = Object.keys(judgingOptions) as (keyof typeof judgingOptions)[];
  const judging = names.filter((name) => values[name] !== undefined);
  if (summary && judging.length > 0)
    throw expected('--summary without options of judging, which it cannot apply', `--${judging.join(', --')}`);
}

export async function run({ values }: Call<typeof options>): Promise<number> {
  const { dataset, out } = values;
  if (dataset === undefined || out === undefined)
    throw new UserError('Expected axunet crossval --dataset NAME --out DIR');
  checkOptions(values);
  const planned = await planIn(values);
  const old = await readPlan(out);
  const typed = values.labels ?? rulesOf(old?.data.classes, old?.otherLabels);
  const labels = withPlanned({ ...typed, ...seriesOf(values) }, planned?.preprocess.labels);
  const opened = await openVolumes(dataset, values, labels);
  const changed = await readTrainingOptions(values, values.preset === undefined ? old?.config : undefined);
  const preset = values.preset === undefined && old?.data.mode === 'paper' ? 'paper' : presetOf(values);
  const slices =
    values.slices === undefined
      ? await slicesOfDataset(opened, preset, 'crossval', planned)
      : await openMadeSlices(values.slices, 'crossval', planned);
  const list = await withClassesOf(slices, opened, values);
  if (keepsApart(list) && values.threshold !== undefined && values.threshold !== 0.5)
    throw expected('no --threshold of several classes, of which the likeliest is taken', `${values.threshold}`);
  const plan = await planFor(values, changed, { slices, list }, old);
  assertTestedOnce(plan.folds, [...new Set(slices.entries.map(({ patient }) => patient))]);
  const wanted = wantedFolds(values, plan);
  await keepPlan(out, plan);
  const evaluation = await keepEvaluation(out, values, plan.config.seed);
  const crossval: Crossval = { folder: out, plan, list, slices, options: evaluation, takeOver: values.takeOver };
  if (wanted.length > 0) await startTold();
  try {
    return await sumUp(crossval, await runFolds(crossval, wanted));
  } catch (error) {
    if (!(error instanceof TrainingStopped)) throw error;
    console.error(`\naxunet crossval: ${error.message}`);
    return error.exitCode;
  }
}
