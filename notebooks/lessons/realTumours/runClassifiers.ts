/** Runs all arms of the classifiers' study, what an earlier run has kept being read, and writes record and model. */
import path from 'node:path';
import { expected } from 'axunet/errors';
import { codeVersion } from 'axunet/figures/saveFigure';
import { sha256, writeJson } from 'axunet/io/files';
import { list, object, readJsonIfGood, realNumber, type Shape } from 'axunet/io/schema';
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
import { compareShuffled, crossPredict, learningCurve, shuffledAucs } from './nested.ts';
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
const classifierOptions: ClassifierOptions = {
  seed: 1,
  shuffles: 99,
  splits: 3,
  sizes: [20, 40, 80, 120, 180],
};

/** Goes up when equal patients and options give other results. */
const classifierVersion = 1;

const keptSchema = object({ probabilities: list(realNumber), splits: list(realNumber) });
type Kept = Shape<typeof keptSchema>;

export interface ClassifierPlaces {
  /** Where the crops lie; `data/pancreas-crops` by default. */
  readonly data?: string;
  readonly runs?: string;
  readonly records?: string;
}

/** Shuffles between two looks at the disk. */
const portion = 10;

/** Where what an arm gives is kept, by patients and seed. */
function keptFile({ name, patients }: ArmPlan, what: string, { seed }: ClassifierOptions, runs: string): string {
  const hash = sha256(JSON.stringify({ classifierVersion, name, patients, seed })).slice(0, 12);
  return path.join(runs, realTumoursName, `${name}-${what}-${hash}.json`);
}

async function judgeArm(plan: ArmPlan, options: ClassifierOptions, runs: string): Promise<Kept> {
  const { patients, learn } = plan;
  const file = keptFile(plan, `${options.splits}-splits`, options, runs);
  const kept = await readJsonIfGood(file, keptSchema);
  if (kept) return kept;
  const predict = (k: number): number[] => crossPredict(patients, learn, options.seed + k);
  const splits = Array.from({ length: options.splits }, (_, k) => scoreOf(predict(1 + k), patients).auc);
  const made: Kept = { probabilities: predict(0), splits };
  await writeJson(file, made);
  return made;
}

/** The AUCs of shuffled labels; those that an earlier run has kept are gone on from. */
async function shuffleArm(plan: ArmPlan, options: ClassifierOptions, runs: string): Promise<readonly number[]> {
  const file = keptFile(plan, 'shuffles', options, runs);
  let aucs = (await readJsonIfGood(file, list(realNumber))) ?? [];
  while (aucs.length < options.shuffles) {
    const [from, to] = [aucs.length, Math.min(options.shuffles, aucs.length + portion)];
    aucs = [...aucs, ...shuffledAucs(plan.patients, plan.learn, { from, to, seed: options.seed })];
    await writeJson(file, aucs);
    await breathe();
  }
  return aucs.slice(0, options.shuffles);
}

interface Finished {
  readonly plan: ArmPlan;
  readonly kept: Kept;
  readonly shuffled?: readonly number[];
}

function armOf({ plan, kept, shuffled }: Finished): ClassifierArm {
  const { name, label, kind, learner, patients } = plan;
  const ill = patients.ill.filter(Boolean).length;
  const score = scoreOf(kept.probabilities, patients);
  const all = [...kept.splits, score.auc];
  return {
    name,
    label,
    kind,
    learner,
    columns: patients.columns.length,
    ill,
    well: patients.ill.length - ill,
    ...score,
    otherSplits: [Math.min(...all), Math.max(...all)],
    ...(shuffled && { permuted: compareShuffled(score.auc, shuffled) }),
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

/** All arms, then the shuffles of those that make a claim. */
async function runArms(plans: readonly ArmPlan[], options: ClassifierOptions, runs: string): Promise<Finished[]> {
  const progress = startProgress('classifiers', plans.length);
  const judged: Finished[] = [];
  for (const plan of plans) {
    judged.push({ plan, kept: await judgeArm(plan, options, runs) });
    progress.update(judged.length, plan.name);
    await breathe();
  }
  progress.finish();
  const shuffling = startProgress('shuffled labels', plans.filter(({ isClaim }) => isClaim).length);
  const done: Finished[] = [];
  for (const one of judged) {
    const shuffled = one.plan.isClaim ? await shuffleArm(one.plan, options, runs) : undefined;
    done.push({ ...one, ...(shuffled && { shuffled }) });
    shuffling.update(done.filter((each) => each.shuffled).length, one.plan.name);
  }
  shuffling.finish();
  return done;
}

/** Where the size model says one half, in pixels. Cut values play no part between the patients. */
function boundaryOf({ models }: ModelFile): ClassifierRecord['boundary'] {
  const { intercept, weights, mean, sd } = models.find(({ name }) => name === 'size')!;
  const [width, height] = [weights[0]! / sd[0]!, weights[1]! / sd[1]!];
  return { intercept: intercept - width * mean[0]! - height * mean[1]!, width, height };
}

/** Width and height of a cell of boxes, in pixels. */
const cell = [15, 10] as const;

/** How many patients of each kind have boxes of about one size (median over the slices). */
function boxesOf({ size }: Arms): ClassifierRecord['boxes'] {
  const cells = new Map<string, [number, number, boolean, number]>();
  for (const [i, row] of size.rows.entries()) {
    const [w, h] = cell.map((step, j) => (Math.floor(row[j]! / step) + 0.5) * step) as [number, number];
    const ill = size.ill[i]!;
    const key = `${w} ${h} ${ill}`;
    cells.set(key, [w, h, ill, (cells.get(key)?.[3] ?? 0) + 1]);
  }
  return [...cells.values()];
}

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
  const done = await runArms(planArms(arms, options.seed), options, runs);
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
