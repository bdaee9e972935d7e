/**
 * Who is trained on, chosen by and tested in which fold: fixed before anything runs, and never another while a folder
 * is in use.
 */

import { existsSync } from 'node:fs';
import path from 'node:path';
import { firstDifference } from '../checks.ts';
import { type Folds, makeFolds, splitFold } from '../dataset/folds.ts';
import { expected, UserError } from '../errors.ts';
import { writeJson } from '../io/files.ts';
import { exactly, list, natural, object, oneLine, optional, readJsonAs, type Schema } from '../io/schema.ts';
import { configSchema, type TrainConfig } from '../train/config.ts';
import { dataSchema, type RunDescription, withSaved } from '../train/description.ts';

/** The three sides of a fold; nobody is on two of them. */
export interface FoldPatients {
  readonly training: readonly string[];
  /** Held out from the training side: chooses the best weights, the threshold and the post-processing. */
  readonly validation: readonly string[];
  /** Seen by nothing before the fold's networks and choices are final. */
  readonly test: readonly string[];
}

/** What all folds of a cross-validation share; `plan.json`. */
export interface CrossvalPlan {
  readonly version: 1;
  readonly data: RunDescription['data'];
  readonly config: TrainConfig;
  /** One in so many patients of a fold's training side validates. */
  readonly holdOut: number;
  /** What stored label values are that no class of `data` has, where `--labels` said so. */
  readonly otherLabels?: 'background';
  readonly folds: readonly FoldPatients[];
}

export const foldPatientsSchema: Schema<FoldPatients> = object({
  training: list(oneLine),
  validation: list(oneLine),
  test: list(oneLine),
});

const planSchema: Schema<CrossvalPlan> = object({
  version: exactly(1),
  data: dataSchema,
  config: configSchema,
  holdOut: natural,
  otherLabels: optional(exactly('background')),
  folds: list(foldPatientsSchema),
});

export const planFile = (folder: string): string => path.join(folder, 'plan.json');
export const foldFolder = (folder: string, fold: number): string => path.join(folder, `fold-${fold}`);

interface HoldOutOptions {
  readonly seed: number;
  /** One in so many, 2 or more. */
  readonly holdOut: number;
  readonly groups?: Readonly<Record<string, string>>;
}

/**
 * Takes one in `holdOut` patients of each fold's training side as its validation patients (at least one), drawn with
 * the seed and balanced by group as the folds are; the fold's own patients become its test patients. Throws when a
 * training side has one patient.
 */
export function planFolds(folds: Folds, { seed, holdOut, groups }: HoldOutOptions): FoldPatients[] {
  if (!(Number.isInteger(holdOut) && holdOut >= 2))
    throw expected('one in 2 or more patients to validate on', `one in ${holdOut}`);
  return folds.folds.map((_, k) => {
    const { training: others, validation: test } = splitFold(folds, k);
    if (others.length < 2)
      throw expected(
        `at least 2 patients outside fold ${k}, one to train on and one to validate on`,
        `${others.length}`,
      );
    const { training, validation } = splitFold(
      makeFolds(others, { count: Math.min(holdOut, others.length), seed, groups }),
      0,
    );
    return { training, validation, test };
  });
}

/**
 * Throws, naming patients, unless each of `patients` is tested in exactly one fold, nobody else is, and in no fold a
 * test patient had a part in training or choosing.
 */
export function assertTestedOnce(folds: readonly FoldPatients[], patients: readonly string[]): void {
  folds.forEach(({ training, validation, test }, k) => {
    const sides = new Set([...training, ...validation]);
    const seen = test.filter((patient) => sides.has(patient));
    if (seen.length)
      throw expected(`test patients that fold ${k} has not seen`, `${seen.join(', ')} in training or validation too`);
  });
  const times = new Map<string, number>(patients.map((patient) => [patient, 0]));
  for (const patient of folds.flatMap(({ test }) => test)) {
    const count = times.get(patient);
    if (count === undefined) throw expected('test patients of the data set', patient);
    times.set(patient, count + 1);
  }
  const wrong = [...times].filter(([, count]) => count !== 1).map(([patient, count]) => `${patient} ${count} times`);
  if (wrong.length) throw expected('each patient to be tested exactly once', wrong.join(', '));
}

/** The plan in a folder; undefined where there is none. Throws for a file of another kind. */
export async function readPlan(folder: string): Promise<CrossvalPlan | undefined> {
  const file = planFile(folder);
  if (!existsSync(file)) return undefined;
  return readJsonAs(file, planSchema, 'the plan of a cross-validation');
}

/**
 * Writes the plan into a folder without one; in a folder that has one it must be the same. Throws naming the first
 * difference.
 */
export async function keepPlan(folder: string, plan: CrossvalPlan): Promise<void> {
  const old = await readPlan(folder);
  if (!old) return writeJson(planFile(folder), plan);
  // A plan of an earlier version says nothing of what the slices show.
  const current = { ...plan, data: withSaved(old.data, plan.data) };
  const difference = firstDifference(old, JSON.parse(JSON.stringify(current)));
  if (difference)
    throw new UserError(
      `Expected the cross-validation that ${folder} holds, found another ${difference}; choose another --out for it`,
    );
}
