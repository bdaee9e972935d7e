/** What a training run is made of, and how one is put together from a configuration, slices and a split by patients. */

import path from 'node:path';
import { currentEngine, type tf } from 'axunet-engine/engine';
import { whyNoGraphs } from 'axunet-engine/graph/native';
import { engineSettings } from 'axunet-engine/settings';
import { assertDisjoint } from '../dataset/folds.ts';
import { expected } from '../errors.ts';
import { sha256 } from '../io/files.ts';
import { packageVersion } from '../io/packageVersion.ts';
import { losses } from '../loss/losses.ts';
import { createAxUnet, modelConfig } from '../model/axunet.ts';
import { seenScansIn } from '../predict/seenScans.ts';
import { fitGrid, type Grid, nativeGrid } from '../preprocess/grid.ts';
import { areSynthetic } from '../preprocess/manifest.ts';
import { contentOf, withoutChecksums } from '../preprocess/sliceChecksum.ts';
import type { SliceSet } from '../preprocess/sliceSet.ts';
import { checkInChild } from '../step/checkChild.ts';
import { ChosenStep } from '../step/chosenStep.ts';
import { recomputesByDefault } from '../step/compiledStep.ts';
import type { StepOptions, TrainStep } from '../step/step.ts';
import type { TrainConfig } from './config.ts';
import type { PatientSplit, RunDescription } from './description.ts';
import { checkMemory, type RunSize } from './memory.ts';

export interface TrainingRun {
  /** Where checkpoints, history and results go. */
  readonly folder: string;
  readonly description: RunDescription;
  readonly slices: SliceSet;
  /** Slice numbers of the training and the validation patients. */
  readonly training: readonly number[];
  readonly validation: readonly number[];
  readonly model: tf.LayersModel;
  readonly step: TrainStep;
  /** What it needs and what there is, in one line. */
  readonly memory: string;
}

/** Slice numbers of the given patients, in the order of the set. Throws when one of them has no slice. */
export function slicesOf(slices: SliceSet, patients: readonly string[]): number[] {
  const known = new Set(slices.entries.map(({ patient }) => patient));
  const missing = patients.filter((patient) => !known.has(patient));
  if (missing.length) throw expected(`slices of all ${patients.length} patients`, `none of ${missing.join(', ')}`);
  const wanted = new Set(patients);
  return slices.entries.flatMap(({ patient }, i) => (wanted.has(patient) ? [i] : []));
}

function chooseGrid(config: TrainConfig, slices: SliceSet, training: readonly number[]): Grid {
  const { gridSize: size, gridMargin: margin } = config;
  if (size !== 'native') return fitGrid(slices, training, { size, margin });
  return nativeGrid(
    Math.max(...slices.entries.map(({ height }) => height)),
    Math.max(...slices.entries.map(({ width }) => width)),
  );
}

/**
 * Fixes everything about a run before it starts: the grid (from training masks only), the network's shape, the split.
 * Throws when a patient is on both sides or has no slices, and when there is nothing to train on.
 */
export function describeRun(config: TrainConfig, slices: SliceSet, patients: PatientSplit): RunDescription {
  assertDisjoint(patients.training, patients.validation);
  const training = slicesOf(slices, patients.training);
  if (training.length === 0) throw expected('at least one slice to train on', 'none');
  if (!training.some((i) => slices.entries[i].foreground > 0))
    throw expected('a training slice with foreground', `${training.length} slices without any`);
  const grid = chooseGrid(config, slices, training);
  const { variant, width, asppRates } = config;
  const { dataset, mode, windowHu, unit, classes, cases } = slices.manifest;
  // Of a mixed set, too, the training may be phantoms alone.
  const own = cases.filter(({ patient }) => patients.training.includes(patient));
  const isSynthetic = slices.manifest.isSynthetic || areSynthetic(own);
  const shows = (i: number, c: number): boolean => slices.entries[i].foreground > 0 && slices.readLabel(i).includes(c);
  const absent = classes?.find((_, k) => !training.some((i) => shows(i, k + 1)));
  if (absent) throw expected('training slices with every class', `none with ${absent.name}`);
  const content = contentOf(slices.entries);
  const seen = seenScansIn(slices, training);
  return {
    axunet: packageVersion(),
    config,
    grid,
    patients,
    model: modelConfig({
      ...{ variant, width, asppRates, inputSize: grid.size },
      ...(classes && { classes: 1 + classes.length }),
    }),
    ...(seen && { seen }),
    data: {
      dataset,
      ...(isSynthetic && { isSynthetic: true }),
      mode,
      windowHu,
      unit,
      ...(classes && { classes }),
      slices: slices.entries.length,
      sha256: sha256(JSON.stringify(withoutChecksums(slices.entries))),
      ...(content && { content: sha256(JSON.stringify(content)) }),
    },
  };
}

/** What a configuration says about its step. */
export const stepOptions = (config: TrainConfig): StepOptions => ({
  optimizer: config.optimizer,
  loss: losses[config.loss],
  clipNorm: config.clipNorm ?? undefined,
  emaDecay: config.emaDecay ?? undefined,
  microBatch: config.microBatch ?? undefined,
});

/** What the memory of a run follows from. */
export function sizeOf(
  { config, grid }: { readonly config: TrainConfig; readonly grid: Pick<Grid, 'size'> },
  model: tf.LayersModel,
): RunSize {
  const microBatch = Math.min(config.microBatch ?? config.batchSize, config.batchSize);
  const isCompiling = engineSettings.isCompiling && whyNoGraphs() === undefined;
  return {
    width: config.width,
    gridSize: grid.size,
    microBatch,
    weights: model.countParams(),
    recomputes: isCompiling && (config.recompute ?? recomputesByDefault(microBatch, ...grid.size)),
  };
}

/** Channels × pixels × slices from which the check of a compiled step gets a process, and so memory, of its own. */
const largeRun = 32 * 256 * 256;

/** The step of a run: compiled where that goes. `onChoice` is told which, once the first batch has decided it. */
export function chooseStep(
  { model: shape, config }: Pick<RunDescription, 'model' | 'config'>,
  model: tf.LayersModel,
  { width, gridSize, microBatch }: RunSize,
  onChoice?: (line: string) => void,
): TrainStep {
  const isLarge = width * gridSize[0] * gridSize[1] * microBatch >= largeRun;
  const compile = { bfloat16: config.precision === 'bfloat16', recompute: config.recompute ?? undefined };
  const task = { model: shape, seed: config.seed, loss: config.loss, ...compile };
  return new ChosenStep(model, stepOptions(config), {
    ...compile,
    onChoice,
    ...(isLarge && { check: (_model, _compiled, { n }) => checkInChild({ ...task, batch: n }) }),
  });
}

/**
 * Builds network and step for a description. The engine must have been started. `onChoice` is told how the step is
 * computed, at the first batch. Throws when the run cannot fit into memory, with a configuration that does.
 */
export function openRun(
  folder: string,
  description: RunDescription,
  slices: SliceSet,
  onChoice?: (line: string) => void,
): TrainingRun {
  const { config, patients } = description;
  const model = createAxUnet(description.model, config.seed);
  const size = sizeOf(description, model);
  const memory = checkMemory(size, currentEngine());
  return {
    folder: path.resolve(folder),
    description,
    slices,
    model,
    step: chooseStep(description, model, size, onChoice),
    memory,
    training: slicesOf(slices, patients.training),
    validation: slicesOf(slices, patients.validation),
  };
}

/** Frees the network and what the step remembers. */
export function closeRun(run: TrainingRun): void {
  run.step.dispose();
  run.model.dispose();
}
