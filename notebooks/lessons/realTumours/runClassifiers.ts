/** Runs all arms of the classifiers' study, what an earlier run has kept being read, and writes record and model. */
import path from 'node:path';
import { expected } from 'axunet/errors';
import { codeVersion } from 'axunet/figures/saveFigure';
import { sha256, writeJson } from 'axunet/io/files';
import { list, natural, object, optional, readJsonIfGood, realNumber, type Shape } from 'axunet/io/schema';
import { breathe, startProgress } from 'axunet/progress';
import { projectPath } from 'axunet/settings';
import { deLongTest } from 'axunet/statistics/roc';
import { recordsFolder } from '../study/record.ts';
import { type ArmPlan, planArms } from './armList.ts';
import { type Arms, openArms, scoreOf } from './arms.ts';
import { calibrate } from './calibration.ts';
import {
  type ArmCalibration,
  type ArmDifference,
  type ArmLearning,
  type ClassifierArm,
  type ClassifierRecord,
  writeClassifiers,
} from './classifierRecord.ts';
import { cropsFolder } from './crops.ts';
import { type ModelFile, trainModels, writeModels } from './finalModel.ts';
import { crossPredict, learningCurve, permuteAuc } from './nested.ts';
import { realTumoursName, realTumoursSource } from './record.ts';
import { openRealTumours } from './table.ts';

export interface ClassifierOptions {
  readonly seed: number;
  /** Shuffled labels of each arm that makes a claim. */
  readonly shuffles: number;
  /** Further splits into folds, of which lowest and highest AUC are kept. */
  readonly splits: number;
  /** Of the learning curve. */
  readonly sizes: readonly number[];
}

/** Under an hour on two quiet cores. */
export const classifierOptions: ClassifierOptions = {
  seed: 1,
  shuffles: 199,
  splits: 5,
  sizes: [20, 40, 80, 120, 180],
};

/** Goes up when equal patients and options give other results. */
const classifierVersion = 1;

const keptSchema = object({
  probabilities: list(realNumber),
  splits: list(realNumber),
  permuted: optional(object({ shuffles: natural, p: realNumber, median: realNumber, upper: realNumber })),
});
type Kept = Shape<typeof keptSchema>;

export interface ClassifierPlaces {
  /** Where the crops lie; `data/pancreas-crops` by default. */
  readonly data?: string;
  readonly runs?: string;
  readonly records?: string;
}

async function runArm(plan: ArmPlan, { seed, splits }: ClassifierOptions, runs: string): Promise<Kept> {
  const { name, patients, learn, shuffles } = plan;
  const hash = sha256(JSON.stringify({ classifierVersion, name, patients, shuffles, seed, splits })).slice(0, 12);
  const file = path.join(runs, realTumoursName, `${name}-${hash}.json`);
  const kept = await readJsonIfGood(file, keptSchema);
  if (kept) return kept;
  const probabilities = crossPredict(patients, learn, seed);
  const observed = scoreOf(probabilities, patients).auc;
  const others = Array.from({ length: splits }, (_, k) => crossPredict(patients, learn, seed + 1 + k));
  const made: Kept = {
    probabilities,
    splits: others.map((scores) => scoreOf(scores, patients).auc),
    ...(shuffles && { permuted: permuteAuc(patients, learn, { observed, shuffles, seed }) }),
  };
  await writeJson(file, made);
  return made;
}

interface Finished {
  readonly plan: ArmPlan;
  readonly kept: Kept;
}

function armOf({ plan, kept }: Finished): ClassifierArm {
  const { name, label, kind, learner, patients } = plan;
  const ill = patients.ill.filter(Boolean).length;
  const all = [...kept.splits, scoreOf(kept.probabilities, patients).auc];
  return {
    name,
    label,
    kind,
    learner,
    columns: patients.columns.length,
    ill,
    well: patients.ill.length - ill,
    ...scoreOf(kept.probabilities, patients),
    otherSplits: [Math.min(...all), Math.max(...all)],
    ...(kept.permuted && { permuted: kept.permuted }),
  };
}

/** Arms that are compared, the first minus the second. */
const compared = [
  ['scan', 'box'],
  ['scan', 'box-forest'],
  ['scan-and-box', 'scan'],
  ['box', 'size'],
  ['box', 'box-free'],
] as const;

function findArm(done: readonly Finished[], name: string): Finished {
  const found = done.find(({ plan }) => plan.name === name);
  if (!found) throw expected(`an arm ${name}`, done.map(({ plan }) => plan.name).join(', '));
  return found;
}

const differencesOf = (done: readonly Finished[]): ArmDifference[] =>
  compared.map(([first, second]) => {
    const [a, b] = [findArm(done, first), findArm(done, second)];
    const { difference, interval, p } = deLongTest(a.kept.probabilities, b.kept.probabilities, a.plan.patients.ill);
    return { first, second, difference, interval: [...interval], p };
  });

const calibrationsOf = (done: readonly Finished[]): ArmCalibration[] =>
  ['box', 'box-forest', 'scan'].map((name) => {
    const { plan, kept } = findArm(done, name);
    const { slope, ...rest } = calibrate(kept.probabilities, plan.patients.ill);
    const label = name === 'box-forest' ? 'features of the box, random forest' : plan.label;
    return { name, label, ...rest, slope };
  });

function learningOf(done: readonly Finished[], { sizes, splits, seed }: ClassifierOptions): ArmLearning[] {
  return ['scan', 'size', 'box'].map((name) => {
    const { label, patients, learn } = findArm(done, name).plan;
    return { name, label, points: learningCurve(patients, learn, { sizes, repeats: splits, seed }) };
  });
}

/** Where the size model says one half, in pixels. Cut values play no part between the patients. */
function boundaryOf({ models }: ModelFile): ClassifierRecord['boundary'] {
  const { intercept, weights, mean, sd } = models.find(({ name }) => name === 'size')!;
  const [width, height] = [weights[0]! / sd[0]!, weights[1]! / sd[1]!];
  return { intercept: intercept - width * mean[0]! - height * mean[1]!, width, height };
}

const boxesOf = ({ size }: Arms): ClassifierRecord['boxes'] =>
  size.rows.map(([width, height], i) => [width!, height!, size.ill[i]!] as const);

/**
 * Runs the arms of the real tumours, trains the final model, and writes both records. Arms that an earlier run finished
 * with equal patients and options are read. Throws a UserError where the crops are not there.
 */
export async function runClassifiers(
  options: ClassifierOptions = classifierOptions,
  { data = cropsFolder(), runs = projectPath('runs/study'), records = recordsFolder }: ClassifierPlaces = {},
): Promise<ClassifierRecord> {
  if (!data) throw expected('the crops in data/pancreas-crops, or --data FOLDER', 'none');
  const arms = await openArms(data);
  const plans = planArms(arms, options.shuffles, options.seed);
  const progress = startProgress('classifiers', plans.length);
  const done: Finished[] = [];
  for (const plan of plans) {
    done.push({ plan, kept: await runArm(plan, options, runs) });
    progress.update(done.length, plan.name);
    await breathe();
  }
  progress.finish();
  const version = codeVersion();
  const models = trainModels(await openRealTumours(data), version, options.seed);
  const record: ClassifierRecord = {
    study: realTumoursName,
    title: 'What a classifier reads in real tumours',
    command: `npm run study -- ${realTumoursName}`,
    source: realTumoursSource,
    node: process.versions.node,
    version,
    seed: options.seed,
    arms: done.map(armOf),
    differences: differencesOf(done),
    calibrations: calibrationsOf(done),
    learning: learningOf(done, options),
    boxes: boxesOf(arms),
    boundary: boundaryOf(models),
  };
  await writeModels(models, records);
  await writeClassifiers(record, records);
  return record;
}
