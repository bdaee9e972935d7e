/**
 * The training loop, in one piece: draw a batch, step, write it down; after each epoch validate by patient, keep the
 * best, save. Everything it needs to go on after a stop is in the checkpoint, so a resumed run ends with the same
 * bits as an uninterrupted one (with a time box the clock decides where it ends, so there only the path is the same).
 */
import path from 'node:path';
import { expected, UserError } from '../errors.ts';
import { overlapByPatient } from '../evaluate/overlap.ts';
import { scoreSlices } from '../evaluate/slices.ts';
import { writeJson } from '../io/files.ts';
import type { BatchRequest } from '../preprocess/batches.ts';
import { type BatchLoader, openLoader } from '../preprocess/loader.ts';
import { breathe } from '../progress.ts';
import { summarise } from '../statistics/summary.ts';
import { type NamedArrays, type StepResult, weightName } from '../step/step.ts';
import { readNewestCheckpoint, saveCheckpoint } from './checkpoint.ts';
import { augmentations } from './config.ts';
import type { EpochRecord, StepRecord } from './history.ts';
import { openJournal } from './journal.ts';
import { lockRun } from './lock.ts';
import { type EndReason, endReason, epochBatches, type Position, progressOf, startPosition } from './position.ts';
import { firstDifference, type RunDescription, type TrainingRun } from './run.ts';
import { scheduleFactor } from './schedule.ts';
import { EX_TEMPFAIL, watchSignals } from './signals.ts';

/** What a training checkpoint says about its run and how far it is. */
export interface CheckpointMeta {
  readonly description: RunDescription;
  readonly position: Position;
}

/** A finished step with how fast it goes. */
export interface StepReport extends StepRecord {
  /** Share of the run that is over, 0 to 1. */
  readonly progress: number;
  readonly secondsLeft: number;
  readonly stepsPerSecond: number;
  /** Share of the stepping time between asking for batches and having them. */
  readonly waitingShare: number;
}

/** Whether an interrupted run goes on, and whom to tell what happens. */
export interface TrainOptions {
  /** Go on from the newest whole checkpoint in the folder; without it a folder that holds one is refused. */
  readonly resume?: boolean;
  readonly onStart?: (position: Position, batchesPerEpoch: number) => void;
  /** How the step is computed (compiled or operation by operation, and why), told at the first batch. */
  readonly onChoice?: (line: string) => void;
  readonly onStep?: (report: StepReport) => void;
  /** `waitingShare`: share of this validation's time so far between asking for slices and having them. */
  readonly onValidation?: (done: number, total: number, waitingShare: number) => void;
  readonly onEpoch?: (record: EpochRecord) => void;
  /** Damaged checkpoints that were passed over, a missing thread for the batches; console.warn by default. */
  readonly warn?: (message: string) => void;
  /** Makes the batches; one that the run opens and closes by default. */
  readonly loader?: BatchLoader;
}

/** Why training ended, after how much, and how good it was. */
export interface TrainingResult {
  readonly reason: EndReason;
  readonly steps: number;
  readonly epochs: number;
  readonly seconds: number;
  /** Highest mean validation Dice over patients; null without validation patients. */
  readonly best: Position['best'];
  /** The one after the last epoch. */
  readonly dice: number | null;
}

/** Thrown after a signal, when the checkpoint is safe; the command line exits with `exitCode`. */
export class TrainingStopped extends UserError {
  override name = 'TrainingStopped';
  readonly exitCode = EX_TEMPFAIL;
}

/** The weights that predict: averaged ones where the run averages. */
export const readWeights = (run: TrainingRun): Promise<NamedArrays> =>
  run.step.withAveragedWeights(async () =>
    Object.fromEntries(
      run.model.weights.map((weight) => {
        const data = weight.read().dataSync<'float32'>().slice();
        return [weightName(weight), { shape: weight.shape as number[], data }];
      }),
    ),
  );

/** Restores the newest checkpoint, or starts anew and saves `config.json`. */
async function findPosition(run: TrainingRun, { resume = false, warn }: TrainOptions): Promise<Position> {
  const found = await readNewestCheckpoint<CheckpointMeta>(run.folder, 'last', warn);
  if (found && !resume)
    throw new UserError(
      `Expected a folder without a training run, found one in ${run.folder}: resume it, or choose another folder`,
    );
  if (!found) {
    await writeJson(path.join(run.folder, 'config.json'), run.description);
    return startPosition();
  }
  const difference = firstDifference(found.meta.description, JSON.parse(JSON.stringify(run.description)));
  if (difference) throw expected(`the resumed run to be the one in ${run.folder}`, `another ${difference}`);
  await run.step.restore(found.arrays.state);
  return found.meta.position;
}

function refuseNonFinite(
  { loss, gradientNorm }: StepResult,
  record: { step: number; epoch: number; learningRate: number },
  folder: string,
): void {
  if (Number.isFinite(loss) && Number.isFinite(gradientNorm)) return;
  const [what, value] = Number.isFinite(loss) ? ['gradient', gradientNorm] : ['loss', loss];
  throw new UserError(
    `Training diverged: the ${what} became ${value} at step ${record.step} of epoch ${record.epoch} with learning rate ${record.learningRate}; ` +
      `the last good checkpoint in ${folder} is kept, so try a lower learning rate or a clipNorm`,
  );
}

/** Mean Dice over the validation patients; undefined when `stopped()` cut it short. */
async function validate(
  run: TrainingRun,
  loader: BatchLoader,
  stopped: () => boolean,
  onProgress?: TrainOptions['onValidation'],
): Promise<EpochRecord['validation']> {
  const cut = new Error('validation was cut short');
  const { grid, config } = run.description;
  const [begin, waitedBefore] = [performance.now(), loader.waitedMs];
  try {
    const scored = await run.step.withAveragedWeights(() =>
      scoreSlices(run.model, run.slices, run.validation, {
        grid,
        batchSize: config.batchSize,
        loader,
        onProgress: (done, total) => {
          if (stopped()) throw cut;
          onProgress?.(done, total, (loader.waitedMs - waitedBefore) / (performance.now() - begin));
        },
      }),
    );
    const patients = overlapByPatient(scored).map(({ patient, scores }) => ({ patient, dice: scores.dice }));
    const { mean, sd } = summarise(patients.map(({ dice }) => dice));
    return { dice: mean, sd, patients };
  } catch (error) {
    if (error === cut) return undefined;
    throw error;
  }
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

/** Trains until the configuration says that the run is over, and returns how it went; also in `result.json`. */
export async function train(run: TrainingRun, options: TrainOptions = {}): Promise<TrainingResult> {
  const { folder, slices, training, step } = run;
  const { config } = run.description;
  run.listeners.onChoice = options.onChoice;
  const release = lockRun(folder);
  const position = await findPosition(run, options).catch((error: unknown) => {
    release();
    throw error;
  });
  const journal = await openJournal(folder, position);
  const stop = watchSignals();
  const loader = options.loader ?? openLoader(slices, { warn: options.warn });
  const batchStream = loader.stream(batchRequests(run, position));
  const session: Session = {
    started: performance.now(),
    steps: 0,
    stepping: 0,
    waiting: 0,
    secondsBefore: position.seconds,
    progressBefore: 0,
  };
  let savedAt = performance.now();

  // The clock is read after steps and validations only, so that the time is never found to be up where the last epoch
  // would stay without its validation.
  const tick = (): void => {
    position.seconds = session.secondsBefore + (performance.now() - session.started) / 1000;
  };
  const save = async (): Promise<void> => {
    journal.flush();
    const arrays = { weights: await readWeights(run), state: await step.state() };
    await saveCheckpoint(folder, 'last', { meta: { description: run.description, position }, arrays });
    savedAt = performance.now();
  };
  const saveAndStop = async (): Promise<never> => {
    await save();
    throw new TrainingStopped(
      `Training stopped by ${stop.signal} after step ${position.step}; the checkpoint is saved in ${folder}, resume to go on`,
    );
  };
  const timeIsUp = (): boolean => config.minutes !== null && position.seconds >= 60 * config.minutes;

  try {
    if (endReason(config, position) === undefined) {
      const perEpoch = epochBatches(slices, training, config, position.epochs + 1).length;
      session.progressBefore = progressOf(config, position, perEpoch);
      options.onStart?.(position, perEpoch);
    }
    for (let reason = endReason(config, position); reason === undefined; reason = endReason(config, position)) {
      const epoch = position.epochs + 1;
      const batches = epochBatches(slices, training, config, epoch);
      const rateAt = (progress: number): number => config.learningRate * scheduleFactor(config.schedule, progress);
      let learningRate = rateAt(progressOf(config, position, batches.length));

      while (position.batch < batches.length && !timeIsUp()) {
        const begin = performance.now();
        const batch = await batchStream.next();
        session.waiting += performance.now() - begin;
        const progress = progressOf(config, position, batches.length);
        learningRate = rateAt(progress);
        const result = await step.run(batch, learningRate, progress);
        session.stepping += performance.now() - begin;
        session.steps++;
        position.step++;
        position.batch++;
        position.lossSum += result.loss;
        tick();
        const record: StepRecord = {
          kind: 'step',
          step: position.step,
          epoch,
          loss: result.loss,
          learningRate,
          gradientNorm: result.gradientNorm,
        };
        refuseNonFinite(result, record, folder);
        journal.write(record);
        options.onStep?.({ ...record, ...speedOf(session, progressOf(config, position, batches.length)) });
        await breathe();
        if (stop.signal) await saveAndStop();
        const due = performance.now() - savedAt >= 60_000 * config.checkpointMinutes;
        if (due && position.batch < batches.length) await save();
      }

      const trained = position.batch;
      const next: Position = { ...position, epochs: epoch, batch: 0, lossSum: 0 };
      const validating =
        run.validation.length > 0 && (epoch % config.validateEvery === 0 || endReason(config, next) !== undefined);
      const validation = validating
        ? await validate(run, loader, () => stop.signal !== undefined, options.onValidation)
        : undefined;
      if (stop.signal) await saveAndStop();
      const loss = position.lossSum / trained;
      const record: EpochRecord = {
        kind: 'epoch',
        step: position.step,
        epoch,
        loss,
        learningRate,
        seconds: position.seconds,
        validation,
      };
      Object.assign(position, next);
      if (validating) tick();
      if (validation) await keepBest(run, position, validation.dice);
      journal.write(record);
      await save();
      options.onEpoch?.(record);
      if (stop.signal) await saveAndStop();
    }
  } finally {
    if (!options.loader) await loader.close();
    stop.dispose();
    journal.close();
    release();
  }
  const { epochs, seconds, best, dice } = position;
  const result: TrainingResult = {
    reason: endReason(config, position)!,
    steps: position.step,
    epochs,
    seconds,
    best,
    dice,
  };
  await writeJson(path.join(folder, 'result.json'), result);
  return result;
}

/** Notes a validation score in the position and saves the weights where it is the highest so far. */
async function keepBest(run: TrainingRun, position: Position, dice: number): Promise<void> {
  position.dice = dice;
  position.sinceBest++;
  if (position.best && dice <= position.best.dice) return;
  position.best = { dice, epoch: position.epochs, step: position.step };
  position.sinceBest = 0;
  const arrays = { weights: await readWeights(run) };
  await saveCheckpoint(run.folder, 'best', { meta: { description: run.description, position }, arrays });
}

/** How this process does: milliseconds of `performance.now()`, and what was done before it. */
interface Session {
  started: number;
  steps: number;
  stepping: number;
  waiting: number;
  secondsBefore: number;
  progressBefore: number;
}

function speedOf(session: Session, progress: number): Omit<StepReport, keyof StepRecord> {
  const elapsed = (performance.now() - session.started) / 1000;
  const done = progress - session.progressBefore;
  return {
    progress,
    secondsLeft: done > 0 ? (elapsed / done) * (1 - progress) : Infinity,
    stepsPerSecond: (1000 * session.steps) / session.stepping,
    waitingShare: session.waiting / session.stepping,
  };
}
