/** From a fingerprint to a configuration, each choice with its reason. */

import type { WindowHu } from '../preprocess/window.ts';
import { type TrainChanges, type TrainConfig, trainConfig } from '../train/config.ts';
import { counted, type Reasoned, shortNumber } from './choice.ts';
import type { Fingerprint } from './fingerprint.ts';
import { chooseBatch, chooseEmptyShare } from './rules/batch.ts';
import { chooseMargin } from './rules/crop.ts';
import { type FittedSize, fitSize, type Limits, wantedSteps } from './rules/fit.ts';
import { chooseFolds } from './rules/folds.ts';
import { chooseLabels } from './rules/labels.ts';
import { chooseLoss } from './rules/loss.ts';
import { describeNeighbours } from './rules/neighbours.ts';
import {
  chooseAugmentation,
  chooseAveraging,
  chooseLearningRate,
  chooseValidation,
  type Training,
} from './rules/schedule.ts';
import { type NetworkSize, networkSizes } from './rules/size.ts';
import { chooseWindow } from './rules/window.ts';

/** A choice as the table and the file have it. */
export interface ListedChoice {
  readonly choice: string;
  readonly value: string;
  readonly reason: string;
}

/** What was chosen. */
export interface Chosen {
  readonly choices: readonly ListedChoice[];
  /** Undefined for pictures. */
  readonly windowHu: WindowHu | undefined;
  /** Whether the classes of the fingerprint are kept apart. */
  readonly keepsClasses: boolean;
  /** Undefined for a single patient. */
  readonly folds: number | undefined;
  /** Every training option. */
  readonly train: TrainConfig;
  readonly size: FittedSize;
}

/** What decides besides the data. */
export interface ChoosingOptions {
  readonly minutes: number;
  /** Bytes that a run may use; undefined where nobody knows. */
  readonly memory?: number;
  /** The user asked for the classes to be kept apart. */
  readonly keepsClasses: boolean;
  /** Bytes that a size needs with so many slices at once, and so many classes. */
  readonly needed: (size: NetworkSize, microBatch: number, classes: number) => number;
  /** Seconds of a training step of a configuration. */
  readonly measure: (config: TrainConfig, gridSize: readonly [number, number], classes: number) => Promise<number>;
}

const listed = <T>(choice: string, { shown, reason }: Reasoned<T>): ListedChoice => ({ choice, value: shown, reason });

/** What does not hang on the size of the network: the recipe that all presets but the paper's share. */
const recipe: TrainChanges = {
  optimizer: { name: 'adam', weightDecay: 0.05 },
  schedule: { kind: 'cosine', warmUp: 0.02, floor: 0, power: 0.9 },
  clipNorm: 5,
};

/** Slices of an epoch on the training side of a fold. */
function slicesInEpoch({ slicesWithForeground }: Fingerprint, emptyShare: number | null, folds = 1): number {
  const shown = slicesWithForeground * (folds > 1 ? (folds - 1) / folds : 1);
  return shown / (1 - (emptyShare ?? 0));
}

/** Why a size with time enough is no larger. */
const largestFor: Readonly<Record<FittedSize['limit'], string>> = {
  time: `the largest that leaves time for ${wantedSteps} steps`,
  memory: 'the largest that fits into memory',
  data: 'the largest there is',
};

function describeSize({ width, gridSize, pixel, stepSeconds, ...size }: FittedSize, unit: string): ListedChoice[] {
  const seconds = `${shortNumber(stepSeconds, 2)} s a step, measured on this machine now`;
  const time =
    size.steps < wantedSteps
      ? `the smallest there is: ${counted(size.steps, 'step')} in the time, where ${wantedSteps} would be wanted`
      : `${largestFor[size.limit]}; about ${shortNumber(size.steps, 2)} steps in the time`;
  return [
    {
      choice: 'grid',
      value: `${gridSize.join(' × ')} pixels`,
      reason: `Pixels of ${shortNumber(pixel)} ${unit} in the shape of the window: ${time}.`,
    },
    { choice: 'width', value: `${width}`, reason: `Chosen with the grid: ${seconds}.` },
  ];
}

function describeMemory(
  { microBatch }: FittedSize,
  batch: number,
  { memory }: ChoosingOptions,
  needed: number,
): ListedChoice {
  const gigabytes = (bytes: number): string => `${shortNumber(bytes / 2 ** 30, 2)} GB`;
  const there = memory === undefined ? 'how much there is the GPU does not tell' : `${gigabytes(memory)} may be used`;
  const value = microBatch < batch ? `${microBatch} slices at once` : 'whole batches';
  return { choice: 'memory', value, reason: `About ${gigabytes(needed)} needed, ${there}.` };
}

/** Chooses a configuration. Deterministic but for `measure`, which decides the size and what follows from it. */
export async function chooseConfiguration(fingerprint: Fingerprint, options: ChoosingOptions): Promise<Chosen> {
  const labels = chooseLabels(fingerprint, options.keepsClasses);
  const classes = labels.value?.length ?? 1;
  const [window, margin, folds] = [chooseWindow(fingerprint), chooseMargin(fingerprint), chooseFolds(fingerprint)];
  const [empty, loss] = [chooseEmptyShare(fingerprint), chooseLoss(fingerprint, classes)];
  const epochSlices = slicesInEpoch(fingerprint, empty.value, folds.value);
  const batch = chooseBatch(epochSlices);
  const fixed: TrainChanges = {
    ...recipe,
    gridMargin: margin.value,
    emptyShare: empty.value,
    loss: loss.value,
    batchSize: batch.value,
    minutes: options.minutes,
  };
  const sized = ({ width, gridSize }: NetworkSize, microBatch: number): TrainChanges => ({
    ...fixed,
    width,
    gridSize,
    microBatch: microBatch < batch.value ? microBatch : null,
  });
  const limits: Limits = {
    minutes: options.minutes,
    batch: batch.value,
    memory: options.memory,
    needed: (size, microBatch) => options.needed(size, microBatch, classes),
    measure: (size, microBatch) => options.measure(trainConfig(sized(size, microBatch)), size.gridSize, classes),
  };
  const size = await fitSize(networkSizes(fingerprint, margin.value), limits);
  const training: Training = { steps: size.steps, epochs: (size.steps * batch.value) / epochSlices };
  const scheduled = scheduleFor(training);
  return {
    windowHu: window.value,
    keepsClasses: labels.value !== undefined,
    folds: folds.value,
    size,
    train: trainConfig({ ...sized(size, size.microBatch), ...scheduled.changes }),
    choices: [
      listed('labels', labels),
      listed('window', window),
      listed('neighbours', describeNeighbours(fingerprint)),
      listed('crop', margin),
      ...describeSize(size, fingerprint.unit),
      describeMemory(size, batch.value, options, limits.needed(size, size.microBatch)),
      listed('batch', batch),
      listed('empty slices', empty),
      listed('loss', loss),
      ...scheduled.choices,
      listed('folds', folds),
    ],
  };
}

/** All that follows from the number of steps. */
function scheduleFor(training: Training): { changes: TrainChanges; choices: ListedChoice[] } {
  const [rate, averaging] = [chooseLearningRate(training), chooseAveraging(training)];
  const [augment, validation] = [chooseAugmentation(training), chooseValidation(training)];
  return {
    changes: {
      learningRate: rate.value,
      emaDecay: averaging.value,
      augment: augment.value,
      validateEvery: validation.value,
    },
    choices: [
      listed('learning rate', rate),
      listed('averaged weights', averaging),
      listed('augmentation', augment),
      listed('validation', validation),
    ],
  };
}
