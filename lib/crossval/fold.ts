/**
 * One fold: trained, judged, written down. Each step goes on where it stopped; a fold that is complete and whose inputs
 * and parameters are the same is not run again.
 */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { isSameJson } from '../checks.ts';
import { expected } from '../errors.ts';
import { sha256File, writeJson } from '../io/files.ts';
import { ownPlace } from '../io/insideFolder.ts';
import { assertWritableFolder } from '../io/writable.ts';
import { loadRun } from '../train/loadRun.ts';
import { describeRun } from '../train/run.ts';
import { trainFolder } from '../train/trainFolder.ts';
import { casesOf, type LabelledCase } from './cases.ts';
import { judgeFold } from './judge.ts';
import { foldFolder } from './plan.ts';
import { readFold } from './readResult.ts';
import { type Crossval, describeInputs, type FoldResult, foldFile, maskFile } from './result.ts';

/**
 * The fold's result where nothing is left to do: made from the same, nothing failed, all masks as they were written.
 */
async function completeFold(
  crossval: Crossval,
  fold: number,
  cases: readonly LabelledCase[],
): Promise<FoldResult | undefined> {
  const old = await readFold(crossval.folder, fold);
  if (!old || old.failed.length > 0 || !isSameJson(old.patients, crossval.plan.folds[fold])) return undefined;
  if (!isSameJson(old.made, await describeInputs(crossval, fold, cases))) return undefined;
  for (const [id, sum] of Object.entries(old.masks)) {
    if ((await sha256File(maskFile(crossval.folder, { id })).catch(() => undefined)) !== sum) return undefined;
  }
  return old;
}

/**
 * Runs a fold, or what is left of it. `wasComplete`: nothing was left. Throws what training throws, `TrainingStopped`
 * after a signal.
 */
export async function runFold(crossval: Crossval, fold: number): Promise<{ result: FoldResult; wasComplete: boolean }> {
  const { folder, plan, list, slices, options, takeOver } = crossval;
  const patients = plan.folds[fold];
  if (!patients) throw expected(`a fold from 0 to ${plan.folds.length - 1}`, `${fold}`);
  const cases = [...casesOf(list, patients.validation), ...casesOf(list, patients.test)];
  const complete = await completeFold(crossval, fold, cases);
  if (complete) return { result: complete, wasComplete: true };
  await assertWritableFolder(folder); // before the work that would be lost
  const own = path.basename(foldFolder(folder, fold));
  for (const part of [own, `${own}/validation`, `${own}/test`, 'masks']) ownPlace(folder, part);
  await rm(foldFile(folder, fold), { force: true }); // what is judged anew has no result until it went through
  const description = describeRun(plan.config, slices, patients);
  await trainFolder(foldFolder(folder, fold), description, slices, { tellsConfig: true, takeOver });
  const trained = await loadRun(foldFolder(folder, fold), options.weights);
  try {
    const result = await judgeFold(crossval, fold, trained);
    await writeJson(foldFile(folder, fold), result);
    return { result, wasComplete: false };
  } finally {
    trained.model.dispose();
  }
}
