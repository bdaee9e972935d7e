/** The largest network and grid that memory and time allow. */
import { UserError } from '../../errors.ts';
import { type NetworkSize, workOf } from './size.ts';

/** A run learns in so many steps what the presets learn; a larger network that gets fewer of them does worse. */
export const wantedSteps = 800;
/** Of the time, what is left beside validating, saving and starting. */
export const stepping = 0.85;
/** Sizes that are measured before the search ends: each is compiled anew. */
const mostMeasured = 4;

/** A size with what it takes: slices that go through at once, and the measured seconds of a step. */
export interface FittedSize extends NetworkSize {
  readonly microBatch: number;
  readonly stepSeconds: number;
  /** How many steps the time is good for. */
  readonly steps: number;
  /** Why it is no larger: another would leave too few steps, need too much memory, or show no more than the data. */
  readonly limit: 'time' | 'memory' | 'data';
}

/** What a size may take, and how it is found out. */
export interface Limits {
  readonly minutes: number;
  readonly batch: number;
  /** Bytes that a run may use; undefined where nobody knows. */
  readonly memory?: number;
  /** Bytes that a size needs with so many slices at once. */
  readonly needed: (size: NetworkSize, microBatch: number) => number;
  /** Seconds of a training step. */
  readonly measure: (size: NetworkSize, microBatch: number) => Promise<number>;
}

/** Steps that fit into a time box. */
export const stepsIn = (minutes: number, stepSeconds: number): number =>
  Math.floor((60 * minutes * stepping) / stepSeconds);

/** The most slices at once that fit into memory, at most the batch; undefined where not even one does. */
export function fittingMicroBatch(size: NetworkSize, { batch, memory, needed }: Limits): number | undefined {
  for (let microBatch = batch; microBatch >= 1; microBatch--)
    if (memory === undefined || needed(size, microBatch) <= memory) return microBatch;
  return undefined;
}

/**
 * The largest of `sizes` (in rising order) that fits into memory and leaves time for 800 steps; the smallest where none
 * leaves it. One size is measured, the others are judged by their work beside it, and the one chosen is measured too.
 * Throws a UserError where even the smallest does not fit into memory.
 */
export async function fitSize(sizes: readonly NetworkSize[], limits: Limits): Promise<FittedSize> {
  const fitting = sizes.flatMap((size) => {
    const microBatch = fittingMicroBatch(size, limits);
    return microBatch === undefined ? [] : [{ ...size, microBatch }];
  });
  if (fitting.length === 0) throw tooLittleMemory(sizes[0]!, limits);
  const measured = new Map<number, number>();
  let at = 0;
  const isInTime = (seconds: number): boolean => stepsIn(limits.minutes, seconds) >= wantedSteps;
  while (!measured.has(at) && measured.size < mostMeasured) {
    const stepSeconds = await limits.measure(fitting[at]!, fitting[at]!.microBatch);
    measured.set(at, stepSeconds);
    const ratio = stepSeconds / workOf(fitting[at]!);
    const secondsOf = (i: number): number => measured.get(i) ?? ratio * workOf(fitting[i]!);
    at = fitting.findLastIndex((_, i) => isInTime(secondsOf(i)));
    if (at < 0) at = 0;
  }
  if (!measured.has(at)) at = Math.max(0, ...[...measured.keys()].filter((i) => isInTime(measured.get(i)!)));
  const stepSeconds = measured.get(at)!;
  const largest = fitting.length < sizes.length ? 'memory' : 'data';
  const limit = at < fitting.length - 1 || !isInTime(stepSeconds) ? 'time' : largest;
  return { ...fitting[at]!, stepSeconds, steps: stepsIn(limits.minutes, stepSeconds), limit };
}

function tooLittleMemory(smallest: NetworkSize, { memory = 0, needed }: Limits): UserError {
  const megabytes = (bytes: number): string => `${Math.ceil(bytes / 2 ** 20)} MB`;
  return new UserError(
    `Expected memory for the smallest network (${megabytes(needed(smallest, 1))}), found ${megabytes(memory)}`,
  );
}
