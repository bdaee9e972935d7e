/**
 * What a process holds while it trains a run: the folder's lock, the position, history and checkpoints, the batches,
 * the signals that came, and the clock.
 */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { firstDifference } from '../checks.ts';
import { expected, messageOf, UserError } from '../errors.ts';
import { writeJson } from '../io/files.ts';
import type { Lease } from '../io/lease.ts';
import { dictionary, object, readJsonIfGood, text } from '../io/schema.ts';
import type { Batch, BatchRequest } from '../preprocess/batches.ts';
import { type BatchLoader, type BatchStream, openLoader } from '../preprocess/loader.ts';
import { contentOf } from '../preprocess/sliceChecksum.ts';
import type { NamedArrays } from '../step/step.ts';
import { readWeights } from '../step/weights.ts';
import { type Checkpoint, type CheckpointSlot, groupOf, readNewestCheckpoint, saveCheckpoint } from './checkpoint.ts';
import { augmentations } from './config.ts';
import { type CheckpointMeta, checkpointMetaSchema, type RunDescription, withSaved } from './description.ts';
import { type Journal, openJournal } from './journal.ts';
import { lockRun } from './lock.ts';
import { epochBatches, type Position, startPosition } from './position.ts';
import type { TrainingRun } from './run.ts';
import { type StopRequest, watchSignals } from './signals.ts';

export interface SessionOptions {
  /** Go on from the newest whole checkpoint in the folder; without it a folder that holds one is refused. */
  readonly resume?: boolean;
  /** Take over from another machine that gives no sign of life; see `takeLease`. */
  readonly takeOver?: boolean;
  /** Damaged checkpoints that were passed over, a missing thread for the batches; console.warn by default. */
  readonly warn?: (message: string) => void;
  /** Makes the batches; one that the session opens and closes by default. */
  readonly loader?: BatchLoader;
}

/** How fast it goes. */
export interface Speed {
  /** Share of the run that is over, 0 to 1. */
  readonly progress: number;
  readonly stepsPerSecond: number;
  /** Share of the stepping time between asking for batches and having them. */
  readonly waitingShare: number;
}

/** The weights that predict: averaged ones where the run averages. */
export const predictingWeights = (run: TrainingRun): Promise<NamedArrays> =>
  run.step.withAveragedWeights(() => readWeights(run.model));

/** The checksums of the slices that the run was started with, by slice id. */
const contentFile = 'slices.json';

/** Why training ended with an error, for those who look later; removed when it goes on. */
const failureFile = (folder: string): string => path.join(folder, 'failure.json');

/** Why the last training in a folder ended with an error; undefined where it did not. */
export const readFailure = async (folder: string): Promise<string | undefined> =>
  (await readJsonIfGood(failureFile(folder), object({ reason: text })))?.reason;

/** Two descriptions as JSON has them; what earlier versions do not say of the slices only counts where it is saved. */
function comparable(
  saved: RunDescription,
  current: RunDescription,
): { saved: RunDescription; current: RunDescription } {
  const { seen, ...others } = current;
  const data = withSaved(saved.data, current.data);
  const described = { ...others, data, ...(saved.seen && { seen }) };
  return { saved, current: JSON.parse(JSON.stringify(described)) as RunDescription };
}

/**
 * What is found instead of the slices that the run was started with, in words; undefined
 * where that is not known or nothing changed.
 */
async function changedSlices({ folder, slices }: TrainingRun): Promise<string | undefined> {
  const before = await readJsonIfGood(path.join(folder, contentFile), dictionary(text));
  const now = contentOf(slices.entries);
  if (before && !now) return 'slices without checksums';
  if (!before || !now) return undefined;
  const changed = [...new Set([...Object.keys(before), ...Object.keys(now)])].filter((id) => before[id] !== now[id]);
  if (changed.length === 0) return undefined;
  const named = changed.slice(0, 5).join(', ');
  return changed.length > 5 ? `others: ${named} and ${changed.length - 5} more changed` : `others: ${named} changed`;
}

/** Restores the newest checkpoint, or starts anew and saves `config.json`. */
async function findPosition(run: TrainingRun, { resume = false, warn }: SessionOptions): Promise<Position> {
  const found = await readNewestCheckpoint(run.folder, 'last', warn, checkpointMetaSchema);
  if (found && !resume)
    throw new UserError(
      `Expected a folder without a training run, found one in ${run.folder}: resume it, or choose another folder`,
    );
  if (!found) {
    const content = contentOf(run.slices.entries);
    if (content) await writeJson(path.join(run.folder, contentFile), content);
    await writeJson(path.join(run.folder, 'config.json'), run.description);
    return startPosition();
  }
  const { saved, current } = comparable(found.meta.description, run.description);
  if (saved.data.content === undefined && run.slices.onDisk)
    (warn ?? console.warn)(
      'The run was started before slices had checksums, so whether its images are still the same is not known',
    );
  const difference = firstDifference(saved, current);
  const changed = difference?.startsWith('data.') ? await changedSlices(run) : undefined;
  if (changed) throw expected('the slices that the run was started with', changed, run.folder);
  if (difference) throw expected(`the resumed run to be the one in ${run.folder}`, `another ${difference}`);
  await run.step.restore(groupOf(found, 'state'));
  return found.meta.position;
}

/** The batches that training asks for from a position on, epoch after epoch without an end. */
function* batchRequests(
  { slices, training, description: { config, grid } }: TrainingRun,
  { epochs, batch }: Position,
): Generator<BatchRequest, never> {
  for (let [epoch, first] = [epochs + 1, batch]; ; epoch++, first = 0) {
    const options = { augment: augmentations[config.augment], seed: config.seed, epoch };
    for (const indices of epochBatches(slices, training, config, epoch).slice(first)) yield { indices, grid, options };
  }
}

type Closer = () => void | Promise<void>;

export class TrainingSession {
  readonly run: TrainingRun;
  /** Where the run stands. */
  position = startPosition();
  // what `open` opens, and how to close it, in that order
  journal!: Journal;
  loader!: BatchLoader;
  #lease!: Lease;
  #batches!: BatchStream;
  #stop!: StopRequest;
  readonly #closers: Closer[] = [];
  // milliseconds of `performance.now()`, and what was done before this process
  #started = 0;
  #secondsBefore = 0;
  #asked = 0;
  #savedAt = 0;
  #steps = 0;
  #steppingMs = 0;
  #waitingMs = 0;

  private constructor(run: TrainingRun) {
    this.run = run;
  }

  /** Locks the run's folder and goes to where the run stands. `close` it. */
  static async open(run: TrainingRun, options: SessionOptions): Promise<TrainingSession> {
    const session = new TrainingSession(run);
    try {
      await session.#open(options);
      return session;
    } catch (error) {
      await session.close().catch(() => {}); // what went wrong first is told
      throw error;
    }
  }

  async #open(options: SessionOptions): Promise<void> {
    const { run } = this;
    const { takeOver, warn = console.warn } = options;
    this.#lease = await lockRun(run.folder, { takeOver, onWait: warn });
    this.#closers.push(() => this.#lease.release());
    await rm(failureFile(run.folder), { force: true });
    this.position = await findPosition(run, options);
    this.#secondsBefore = this.position.seconds;
    this.journal = await openJournal(run.folder, this.position);
    this.#closers.push(() => this.journal.close());
    this.#stop = watchSignals();
    this.#closers.push(() => this.#stop.dispose());
    this.loader = options.loader ?? openLoader(run.slices, { warn: options.warn });
    if (!options.loader) this.#closers.push(() => this.loader.close());
    this.#batches = this.loader.stream(batchRequests(run, this.position));
    this.#started = this.#savedAt = performance.now();
  }

  /** The signal that came, if any. */
  get signal(): NodeJS.Signals | undefined {
    return this.#stop.signal;
  }

  /** The batch after the last one. It may be used until the next call. */
  async nextBatch(): Promise<Batch> {
    this.#asked = performance.now();
    const batch = await this.#batches.next();
    this.#waitingMs += performance.now() - this.#asked;
    return batch;
  }

  /** Moves the position past the step of the batch asked for last. */
  countStep(loss: number): void {
    this.#steppingMs += performance.now() - this.#asked;
    this.#steps++;
    this.position.step++;
    this.position.batch++;
    this.position.lossSum += loss;
    this.tick();
  }

  /**
   * Reads the clock. Only after steps and validations, so that the time is never found to be up where the last epoch
   * would stay without its validation.
   */
  tick(): void {
    this.position.seconds = this.#secondsBefore + (performance.now() - this.#started) / 1000;
  }

  speed(progress: number): Speed {
    return {
      progress,
      stepsPerSecond: (1000 * this.#steps) / this.#steppingMs,
      waitingShare: this.#waitingMs / this.#steppingMs,
    };
  }

  /** Whether the last checkpoint is older than the configuration allows. */
  get isSaveDue(): boolean {
    return performance.now() - this.#savedAt >= 60_000 * this.run.description.config.checkpointMinutes;
  }

  async save(): Promise<void> {
    this.journal.flush();
    await this.#put('last', { state: await this.run.step.state() });
    this.#savedAt = performance.now();
  }

  async #put(slot: CheckpointSlot, more: Checkpoint['arrays'] = {}): Promise<void> {
    this.#lease.assertHeld();
    const meta: CheckpointMeta = { description: this.run.description, position: this.position };
    const arrays = { weights: await predictingWeights(this.run), ...more };
    await saveCheckpoint(this.run.folder, slot, { meta, arrays });
  }

  /** Notes why training ends; where even that cannot be written, its error alone tells. */
  async noteFailure(error: unknown): Promise<void> {
    await writeJson(failureFile(this.run.folder), { reason: messageOf(error) }).catch(() => undefined);
  }

  /** Moves the position to the start of the next epoch. */
  finishEpoch(): void {
    this.position.epochs++;
    this.position.batch = 0;
    this.position.lossSum = 0;
  }

  /** Notes a validation score in the position and saves the weights where it is the highest so far. */
  async noteScore(dice: number): Promise<void> {
    const { position } = this;
    position.dice = dice;
    position.sinceBest++;
    if (position.best && dice <= position.best.dice) return;
    position.best = { dice, epoch: position.epochs, step: position.step };
    position.sinceBest = 0;
    await this.#put('best');
  }

  /**
   * Ends the thread of the batches, lets the signals and the files go, and unlocks the folder: all of it, also where
   * one cannot be closed; then throws what the first of those threw.
   */
  async close(): Promise<void> {
    const errors: unknown[] = [];
    for (let close = this.#closers.pop(); close; close = this.#closers.pop()) {
      try {
        await close();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw errors[0];
  }
}
