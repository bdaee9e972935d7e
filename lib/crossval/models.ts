/** What a cross-validation gives to prediction: the networks of its folds, and what was chosen with them. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { expected, UserError } from '../errors.ts';
import { readJsonAs } from '../io/schema.ts';
import type { Postprocessing } from '../predict/postprocess.ts';
import { foldFolder, readPlan } from './plan.ts';
import { choiceSchema, foldSchema } from './readResult.ts';

/**
 * The run's folder or file itself, or those of all folds where the folder is a cross-validation's. Throws naming folds
 * without a result.
 */
export async function runFolders(folder: string): Promise<string[]> {
  const plan = await readPlan(folder);
  if (!plan) return [folder];
  const folders = plan.folds.map((_, k) => foldFolder(folder, k));
  const missing = folders.flatMap((one, k) => (existsSync(path.join(one, 'fold.json')) ? [] : [k]));
  if (missing.length)
    throw expected(
      `all ${folders.length} folds of the cross-validation`,
      `no result of fold ${missing.join(', ')}`,
      folder,
    );
  return folders;
}

export interface Choice {
  readonly threshold: number;
  readonly postprocessing: Postprocessing;
}

/** What was chosen on validation patients: by all folds of a cross-validation, or by one for the folder of a fold. */
export async function readChoice(folder: string): Promise<Choice> {
  const [summary, fold] = ['summary.json', 'fold.json'].map((name) => path.join(folder, name));
  if (await readPlan(folder)) {
    const { choice, missingFolds } = await readJsonAs(summary, choiceSchema);
    if (choice && missingFolds.length === 0) return choice;
    throw new UserError(`Expected the choice of all folds, found a cross-validation that is not complete in ${folder}`);
  }
  if (!existsSync(fold))
    throw expected('a choice of threshold and post-processing (axunet crossval makes it)', 'none', folder);
  const { threshold, postprocessing } = await readJsonAs(fold, foldSchema);
  return { threshold, postprocessing: postprocessing.chosen };
}
