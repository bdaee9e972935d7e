/** Where a run stands: the part of a checkpoint that is not arrays, and all that the loop needs to go on from there. */

import { natural, nullable, object, realNumber, type Shape } from '../io/schema.ts';
import { epochOrder } from '../preprocess/batches.ts';
import type { SliceSet } from '../preprocess/sliceSet.ts';
import { Random } from '../random.ts';
import type { TrainConfig } from './config.ts';

export type Position = { -readonly [Key in keyof Shape<typeof positionSchema>]: Shape<typeof positionSchema>[Key] };
export const positionSchema = object({
  /** Optimizer steps done. */
  step: natural,
  /** Whole epochs done. */
  epochs: natural,
  /** Batches done of the epoch under way, and the sum of their losses. */
  batch: natural,
  lossSum: realNumber,
  /** Training time so far in seconds, validation and saving included, pauses between two processes not. */
  seconds: realNumber,
  /** Highest mean validation Dice so far. */
  best: nullable(object({ dice: realNumber, epoch: natural, step: natural })),
  /** Validations since then. */
  sinceBest: natural,
  /** Latest mean validation Dice. */
  dice: nullable(realNumber),
});

export const startPosition = (): Position => ({
  step: 0,
  epochs: 0,
  batch: 0,
  lossSum: 0,
  seconds: 0,
  best: null,
  sinceBest: 0,
  dice: null,
});

/**
 * The batches of one epoch, from 1: shuffled slice numbers in groups of `batchSize`. A last, smaller group is left out
 * (another shuffle brings its slices back in the next epoch) unless it is the only one. The order depends on seed and
 * epoch alone, so a resumed run needs no stored random state. With `emptyShare` the slices without foreground are a
 * fresh draw in each epoch.
 */
export function epochBatches(
  slices: SliceSet,
  training: readonly number[],
  config: TrainConfig,
  epoch: number,
): number[][] {
  const { always, drawnFrom, drawn } = epochSlices(slices, training, config);
  const some = Random.stream(config.seed, 'empty slices', epoch).shuffle(drawnFrom).slice(0, drawn);
  const order = epochOrder([...always, ...some], config.seed, epoch);
  const whole = Math.floor(order.length / config.batchSize);
  if (whole === 0) return [order];
  return Array.from({ length: whole }, (_, i) => order.slice(i * config.batchSize, (i + 1) * config.batchSize));
}

/** How many batches each epoch has: as many as `epochBatches` gives, which need not be drawn to be counted. */
export function batchesPerEpoch(slices: SliceSet, training: readonly number[], config: TrainConfig): number {
  const { always, drawn } = epochSlices(slices, training, config);
  return Math.max(1, Math.floor((always.length + drawn) / config.batchSize));
}

/** The slices of every epoch, the ones of which each epoch draws some, and how many. */
function epochSlices(
  slices: SliceSet,
  training: readonly number[],
  { emptyShare }: TrainConfig,
): { always: readonly number[]; drawnFrom: readonly number[]; drawn: number } {
  const full = training.filter((i) => slices.entries[i].foreground > 0);
  if (emptyShare === null || full.length === 0) return { always: training, drawnFrom: [], drawn: 0 };
  const empty = training.filter((i) => slices.entries[i].foreground === 0);
  const wanted = Math.round((full.length * emptyShare) / (1 - emptyShare));
  return { always: full, drawnFrom: empty, drawn: Math.min(wanted, empty.length) };
}

/** Share of the run that is over, 0 to 1: in steps, or in time where there is a time box. */
export function progressOf({ epochs, minutes }: TrainConfig, position: Position, batchesPerEpoch: number): number {
  const share =
    minutes !== null
      ? position.seconds / (60 * minutes)
      : (position.epochs * batchesPerEpoch + position.batch) / (epochs! * batchesPerEpoch);
  return Math.min(1, share);
}

/** Whether the time box, if there is one, is over. */
export const isTimeUp = ({ minutes }: TrainConfig, { seconds }: Position): boolean =>
  minutes !== null && seconds >= 60 * minutes;

export type EndReason = 'epochs' | 'minutes' | 'patience';

/** Why the run is over, seen between two epochs; undefined where it goes on. */
export function endReason(config: TrainConfig, position: Position): EndReason | undefined {
  const { epochs, patience } = config;
  if (epochs !== null && position.epochs >= epochs) return 'epochs';
  if (isTimeUp(config, position)) return 'minutes';
  if (patience !== null && position.sinceBest >= patience) return 'patience';
  return undefined;
}
