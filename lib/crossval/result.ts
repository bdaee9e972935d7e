/** What a cross-validation is asked for, and what is written down of a fold. */

import path from 'node:path';
import { type CaseList } from '../dataset/caseList.ts';
import type { PostprocessingChoice } from '../evaluate/choosePostprocessing.ts';
import type { Metric } from '../evaluate/metrics.ts';
import { sha256File } from '../io/files.ts';
import type { MirrorAxis } from '../predict/mirror.ts';
import type { Postprocessing } from '../predict/postprocess.ts';
import type { SliceSet } from '../preprocess/sliceSet.ts';
import { type CheckpointSlot, slotFolders } from '../train/checkpoint.ts';
import { inputSums, type LabelledCase, type ScoredPatientCase } from './cases.ts';
import type { ThresholdChoice } from './chooseThreshold.ts';
import { type CrossvalPlan, type FoldPatients, foldFolder } from './plan.ts';

/** How trained folds are judged; to change it predicts and scores again, but does not train again. */
export interface EvaluationOptions {
  readonly weights: CheckpointSlot;
  /** `chosen`: by the validation patients' mean Dice. */
  readonly threshold: number | 'chosen';
  readonly mirror: readonly MirrorAxis[];
  /** `chosen`: out of `postprocessingCandidates`, by the validation patients' mean of `metric`. */
  readonly postprocessing: Postprocessing | 'chosen';
  readonly metric: Metric;
  /** Of the bootstrap intervals. */
  readonly seed: number;
  /** Also keeps the test patients' probabilities. */
  readonly probability: boolean;
}

export interface Crossval {
  readonly folder: string;
  readonly plan: CrossvalPlan;
  readonly list: CaseList;
  readonly slices: SliceSet;
  readonly options: EvaluationOptions;
  /** Take over from another machine that gives no sign of life. */
  readonly takeOver?: boolean;
}

export interface UnscoredCase {
  readonly id: string;
  readonly reason: string;
  /** Where it failed; absent for a case that no fold has. */
  readonly fold?: number;
  readonly side?: 'validation' | 'test';
}

/** What is odd in a case, its slices or its mask and may be wrong. */
export interface DoubtfulCase {
  readonly id: string;
  readonly message: string;
  /** Where it was seen; absent for what preprocessing saw. */
  readonly fold?: number;
  readonly side?: 'validation' | 'test';
}

/** What a fold depends on. */
interface FoldInputs {
  readonly options: EvaluationOptions;
  readonly labels: Pick<CaseList, 'labelMap' | 'otherLabels' | 'detectLabelFlip'>;
  readonly inputs: Readonly<Record<string, readonly string[]>>;
  /** The weights, by the sum of their checkpoint; undefined before there are any. */
  readonly weights?: string;
}

/** `fold.json`; written last, so it stands for a fold that went through. */
export interface FoldResult {
  readonly version: 1;
  readonly fold: number;
  readonly made: FoldInputs;
  readonly patients: FoldPatients;
  readonly threshold: number;
  readonly thresholdChoice?: ThresholdChoice;
  readonly postprocessing: PostprocessingChoice;
  /** Test cases without and with post-processing. */
  readonly before: readonly ScoredPatientCase[];
  readonly cases: readonly ScoredPatientCase[];
  /** Cases of either side that could not be predicted or scored; they are tried again in the next run. */
  readonly failed: readonly UnscoredCase[];
  /** Absent where nothing is odd. */
  readonly warnings?: readonly DoubtfulCase[];
  /** sha256 of the final masks, by case. */
  readonly masks: Readonly<Record<string, string>>;
}

/** The final mask of a case. */
export const maskFile = (folder: string, { id }: { readonly id: string }): string =>
  path.join(folder, 'masks', `${id}.nii.gz`);
export const foldFile = (folder: string, fold: number): string => path.join(foldFolder(folder, fold), 'fold.json');

/** The sum of the checkpoint that `loadRun` would take, if it is whole. */
async function weightsSum(runFolder: string, slot: CheckpointSlot): Promise<string | undefined> {
  for (const place of [slotFolders[slot][0], slotFolders.last[0]]) {
    const sum = await sha256File(path.join(runFolder, place, 'SHA256SUMS')).catch(() => undefined);
    if (sum) return sum;
  }
  return undefined;
}

/** What a fold's result depends on, as it is now: options, rules of the labels, the files of its cases, its weights. */
export async function describeInputs(
  { list, options, folder }: Crossval,
  fold: number,
  cases: readonly LabelledCase[],
): Promise<FoldInputs> {
  const { labelMap, otherLabels, detectLabelFlip } = list;
  const weights = await weightsSum(foldFolder(folder, fold), options.weights);
  return {
    options,
    labels: { labelMap, otherLabels, detectLabelFlip },
    inputs: await inputSums(cases),
    ...(weights && { weights }),
  };
}
