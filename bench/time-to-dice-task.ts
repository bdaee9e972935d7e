/** What time-to-dice.ts asks of both programs: one fold of the study of accuracy, in the words of a JSON file. */
import path from 'node:path';
import { expected } from '../lib/errors.ts';
import { writeJson } from '../lib/io/files.ts';
import { atLeastOne, list, natural, object, oneLine, passing, readJsonAs, type Shape, text } from '../lib/io/schema.ts';
import type { AugmentOptions } from '../lib/preprocess/augment.ts';
import { gridSchema } from '../lib/preprocess/grid.ts';
import type { SliceSet } from '../lib/preprocess/sliceSet.ts';
import { augmentations, configSchema, type TrainConfig, trainConfig } from '../lib/train/config.ts';
import { batchesPerEpoch } from '../lib/train/position.ts';
import { presetConfig } from '../lib/train/presets.ts';
import { describeRun, slicesOf } from '../lib/train/run.ts';
import { openCohort, type StudyCohort, type StudySplit } from '../notebooks/lessons/study/cohort.ts';
import { accuracyName, findStudy } from '../notebooks/lessons/study/plan.ts';

/** All that a program must know to train a fold and to predict its unseen slices. */
export type DiceTask = Shape<typeof taskSchema>;
export const taskSchema = object({
  /** Folder of the preprocessed slices, `entries` their files in it. */
  slices: text,
  entries: list(object({ id: oneLine, image: text, label: text, height: atLeastOne, width: atLeastOne })),
  /** Numbers of slices in `entries`. */
  training: list(natural),
  validation: list(natural),
  trainingPatients: list(oneLine),
  grid: gridSchema,
  config: configSchema,
  /** The strengths that `config.augment` names. */
  augment: passing<AugmentOptions>((value) => typeof value === 'object' && value !== null, 'strengths of augmentation'),
  /** Keep the averaged weights after every so many epochs. */
  every: atLeastOne,
  threads: atLeastOne,
  /** Folder for weights and masks. */
  out: text,
  /** Our start weights, and what our network makes of a batch. */
  reference: text,
});

/** The accuracy study's recipe on real slices for some epochs. */
const recipe = (epochs: number): TrainConfig =>
  trainConfig({ epochs, checkpointMinutes: 60 }, presetConfig('study', 'nih-2d'));

/** The slices with their folds of patients, as the study of accuracy has them; of fewer patients to try things. */
export interface DiceFolds {
  readonly count: number;
  readonly source: string;
  readonly slices: SliceSet;
  fold(k: number): StudySplit;
}

const study = findStudy(accuracyName);

/**
 * Opens (and at first makes) the slices; with `patients` only so many stay on either side of a fold. Throws a sentence
 * that says how to get the pictures.
 */
export async function openFolds({ data, patients }: { data?: string; patients?: number }): Promise<DiceFolds> {
  const cohort: StudyCohort = await openCohort(study, data);
  const fold = (k: number): StudySplit => {
    const { training, test, ...split } = cohort.split(study.arms[0]!, k + 1);
    return { ...split, training: training.slice(0, patients), test: test.slice(0, patients) };
  };
  return { count: study.folds!, source: cohort.source, slices: fold(0).slices, fold };
}

/** How many steps an epoch of a fold has. */
export function stepsPerEpoch({ slices, training }: StudySplit): number {
  return batchesPerEpoch(slices, slicesOf(slices, training), recipe(1));
}

/** The task of a fold. The network's window is fitted to the masks of its training patients. */
export function taskOf(
  { slices, training, test }: StudySplit,
  options: { epochs: number; every: number; threads: number; out: string; reference: string },
): DiceTask {
  const { epochs, ...rest } = options;
  const config = recipe(epochs);
  const augment = augmentations[config.augment];
  if (!augment || !slices.onDisk) throw expected('augmented slices of a folder', 'others');
  return {
    slices: slices.onDisk.folder,
    entries: slices.entries.map(({ id, image, label, height, width }) => ({ id, image, label, height, width })),
    training: slicesOf(slices, training),
    validation: slicesOf(slices, test),
    trainingPatients: training,
    grid: describeRun(config, slices, { training, validation: [] }).grid,
    config,
    augment,
    ...rest,
  };
}

const taskFile = (folder: string): string => path.join(folder, 'task.json');

/** Writes the task into its folder; the file's name. */
export async function writeTask(task: DiceTask): Promise<string> {
  await writeJson(taskFile(task.out), task);
  return taskFile(task.out);
}

export const readTask = (file: string): Promise<DiceTask> => readJsonAs(file, taskSchema, 'a task of time-to-dice');
