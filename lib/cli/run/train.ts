import { existsSync } from 'node:fs';
import path from 'node:path';
import { type Folds, splitFold } from '../../dataset/folds.ts';
import { UserError } from '../../errors.ts';
import { formatScores } from '../../evaluate/formatScores.ts';
import { type PatientOverlap, summariseOverlap } from '../../evaluate/overlap.ts';
import { writeJson } from '../../io/files.ts';
import { ownPlace } from '../../io/insideFolder.ts';
import type { SliceSet } from '../../preprocess/sliceSet.ts';
import { formatMeanSd } from '../../statistics/summary.ts';
import { type TrainConfig, trainConfig } from '../../train/config.ts';
import { type RunDescription, readDescription } from '../../train/description.ts';
import { loadRun, type TrainedRun } from '../../train/loadRun.ts';
import { presetConfig } from '../../train/presets.ts';
import { describeRun } from '../../train/run.ts';
import { scoreRun } from '../../train/scores.ts';
import { networkChanges } from '../../train/startWeights.ts';
import { TrainingStopped } from '../../train/trainer.ts';
import { trainFolder } from '../../train/trainFolder.ts';
import { networkToBeginWith } from '../../weights/loadNetwork.ts';
import type { Call } from '../definition.ts';
import type { options } from '../definitions/train.ts';
import { foldsFor, presetOf, readTrainingOptions, slicesFor, startTold } from './training.ts';

type Values = Call<typeof options>['values'];

/** What one call of the command trains. */
interface Plan {
  readonly out: string;
  readonly slices: SliceSet;
  readonly folds: Folds;
  /** What the command line asks to change, put on a configuration, and what this gives for a fresh run. */
  readonly changed: (base: TrainConfig) => TrainConfig;
  readonly fresh: TrainConfig;
  /** Whether every fold is trained, each in a folder of its own. */
  readonly isAll: boolean;
  readonly resume: boolean;
  readonly takeOver: boolean;
  /** The network that fresh runs begin with. */
  readonly from?: TrainedRun;
}

async function trainFold(
  folder: string,
  description: RunDescription,
  { slices, resume, from, takeOver }: Pick<Plan, 'slices' | 'resume' | 'from' | 'takeOver'>,
): Promise<PatientOverlap[]> {
  await trainFolder(folder, description, slices, { resume, tellsConfig: true, from, takeOver });
  if (description.patients.validation.length === 0) return [];
  const trained = await loadRun(folder);
  const scores = await scoreRun(trained, slices);
  trained.model.dispose();
  console.log(`\n${formatScores(scores)}\n`);
  return scores.volume;
}

/** A resumed run keeps its own configuration and split; what the command line says on top must not contradict. */
async function savedDescription(folder: string, resume: boolean): Promise<RunDescription | undefined> {
  return resume && existsSync(path.join(folder, 'config.json')) ? readDescription(folder) : undefined;
}

/** Trains the folds one after the other; the overlap of all patients that were validated on. */
async function trainFolds(plan: Plan, wanted: readonly number[]): Promise<PatientOverlap[]> {
  const { out, slices, folds, changed, fresh, isAll, resume, from } = plan;
  const patients: PatientOverlap[] = [];
  for (const k of wanted) {
    const folder = isAll ? ownPlace(out, `fold-${k}`) : out;
    const saved = await savedDescription(folder, resume);
    if (wanted.length > 1) console.log(`\nfold ${k} of ${wanted.length}: ${folder}`);
    const config = saved ? changed(saved.config) : fresh;
    const begun = from?.sha256 ?? saved?.from;
    const description = {
      ...describeRun(config, slices, saved?.patients ?? splitFold(folds, k)),
      ...(begun && { from: begun }),
    };
    patients.push(...(await trainFold(folder, description, plan)));
  }
  return patients;
}

/** The scores of all folds together, as a file and a line. */
async function sumUp(out: string, folds: number, patients: readonly PatientOverlap[]): Promise<void> {
  const summary = summariseOverlap(patients);
  await writeJson(path.join(out, 'scores.json'), { folds, patients, summary });
  const { dice, jaccard } = summary;
  console.log(`All ${folds} folds: patient Dice ${formatMeanSd(dice)}, Jaccard ${formatMeanSd(jaccard)}`);
}

/** Reads what is to be trained. Throws a UserError for options that contradict each other. */
async function planOf(values: Values): Promise<Plan> {
  const { out } = values;
  if (out === undefined) throw new UserError('Expected --out RUN, the folder for the run, found none');
  if (values.folds !== undefined && values.fold !== undefined)
    throw new UserError('Expected either --fold or --folds, found both');
  const changed = await readTrainingOptions(values);
  if ((values.slices === undefined) === (values.dataset === undefined))
    throw new UserError('Expected either --slices DIR or --dataset NAME');
  const slices = await slicesFor(values, 'train');
  const preset = presetConfig(presetOf(values), slices.manifest.dataset);
  const folds = await foldsFor(values, slices, changed(preset).seed);
  await startTold();
  const from = values.from === undefined ? undefined : await networkToBeginWith(values.from);
  const fresh = changed(trainConfig(networkChanges(from), preset));
  const isAll = values.folds === 'all';
  const { resume, takeOver } = values;
  return { out, slices, folds, changed, fresh, isAll, resume: resume || isAll, from, takeOver };
}

export async function run({ values }: Call<typeof options>): Promise<number> {
  const plan = await planOf(values);
  const wanted = plan.isAll ? plan.folds.folds.map((_, k) => k) : [values.fold ?? 0];
  try {
    const patients = await trainFolds(plan, wanted);
    if (plan.isAll) await sumUp(plan.out, wanted.length, patients);
    return 0;
  } catch (error) {
    if (!(error instanceof TrainingStopped)) throw error;
    console.error(`\naxunet train: ${error.message}`);
    return error.exitCode;
  }
}
