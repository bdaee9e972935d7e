/** The file of a plan: what `axunet preprocess --config` and `axunet train --config` take as it is. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { OpenOptions } from '../dataset/caseList.ts';
import { classesSchema } from '../dataset/classes.ts';
import { expected } from '../errors.ts';
import { writeJson } from '../io/files.ts';
import {
  anything,
  atLeastOne,
  checkShape,
  dictionary,
  exactly,
  list,
  natural,
  nullable,
  object,
  oneLine,
  optional,
  readJsonAs,
  realNumber,
  type Schema,
  text,
  tuple,
} from '../io/schema.ts';
import { assertWritableFile, assertWritableFolder } from '../io/writable.ts';
import type { WindowHu } from '../preprocess/window.ts';
import type { TrainChanges } from '../train/config.ts';
import type { ListedChoice } from './choose.ts';
import { type Fingerprint, fingerprintSchema } from './fingerprint.ts';

/** A plan as it is saved. */
export interface PlanFile {
  /** Version of the form. */
  readonly plan: 1;
  /** Of the package that planned. */
  readonly axunet: string;
  readonly dataset: string;
  /** What the step time was measured on, and how long a step took. */
  readonly machine: { readonly engine: string; readonly stepSeconds: number };
  readonly choices: readonly ListedChoice[];
  /** How slices are made. The window is absent for pictures, `labels` where the layout's own map will do. */
  readonly preprocess: { readonly windowHu?: WindowHu; readonly labels?: OpenOptions };
  /** Null for a single patient. */
  readonly folds: number | null;
  /** Training options; `trainConfig` checks them. */
  readonly train: TrainChanges;
  readonly fingerprint: Fingerprint;
}

const labelsSchema: Schema<OpenOptions> = object({
  labelMap: optional(dictionary(natural)),
  otherLabels: optional(exactly('background')),
  classes: optional(classesSchema),
  series: optional(text),
});

/** What the file of a plan must hold. */
export const planSchema: Schema<PlanFile> = object({
  plan: exactly(1),
  axunet: text,
  dataset: oneLine,
  machine: object({ engine: text, stepSeconds: realNumber }),
  choices: list(object({ choice: text, value: text, reason: text })),
  preprocess: object({ windowHu: optional(tuple([realNumber, realNumber])), labels: optional(labelsSchema) }),
  folds: nullable(atLeastOne),
  train: object({}) as Schema<TrainChanges>,
  fingerprint: fingerprintSchema,
});

/** What a file of `--config` says: options of training alone, or a plan that has them. */
export interface ConfigFile {
  readonly changes: TrainChanges;
  readonly plan?: PlanFile;
}

/**
 * Throws a UserError where a plan would take the place of a file that is none, such as a label or the list of a set,
 * or cannot be written.
 */
export async function assertPlanPlace(file: string): Promise<void> {
  await assertWritableFile(file);
  await assertWritableFolder(path.dirname(file));
  if (!existsSync(file)) return;
  const isPlan = await readConfigFile(file).then(
    ({ plan }) => plan !== undefined,
    () => false,
  );
  if (!isPlan) throw expected('a place for the plan where nothing is, or a plan', 'another file', file);
}

/** Writes a plan. Throws a UserError where that cannot be. */
export const writePlan = (file: string, plan: PlanFile): Promise<void> => writeJson(file, plan);

/** Reads a plan. Throws a UserError that names what is wrong, and the file. */
export const readPlanFile = (file: string): Promise<PlanFile> =>
  readJsonAs(file, planSchema, 'a plan that `axunet plan` made');

/**
 * Reads the training options of a file, which may be a plan; `trainConfig` checks them. Throws a UserError for what is
 * no object, and for a damaged plan.
 */
export async function readConfigFile(file: string): Promise<ConfigFile> {
  const stored = await readJsonAs(file, object({ plan: optional(anything) }), 'an object of training options');
  if (stored.plan === undefined) return { changes: stored as TrainChanges };
  const plan = checkShape(stored, planSchema, file, 'a plan that `axunet plan` made');
  return { changes: plan.train, plan };
}
