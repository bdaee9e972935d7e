/**
 * The training loop, in one piece: draw a batch, step, write it down; after each epoch validate by patient, keep the
 * best, save. Everything it needs to go on after a stop is in the checkpoint, so a resumed run ends with the same
 * bits as an uninterrupted one (with a time box the clock decides where it ends, so there only the path is the same).
 */
import path from 'node:path';
import { UserError } from '../errors.ts';
import { scoreSlices } from '../evaluate/slices.ts';
import { validationOf } from '../evaluate/validation.ts';
import { writeJson } from '../io/files.ts';
import { breathe } from '../progress.ts';
import type { EpochRecord, StepRecord } from './history.ts';
import { batchesPerEpoch, type EndReason, endReason, isTimeUp, type Position, progressOf } from './position.ts';
import type { TrainingRun } from './run.ts';
import { learningRateAt } from './schedule.ts';
import { type SessionOptions, type Speed, TrainingSession } from './session.ts';
import { EX_TEMPFAIL } from './signals.ts';

/** A finished step with how fast it goes. */
interface StepReport extends StepRecord, Speed {}

export interface TrainOptions extends SessionOptions {
  readonly onStart?: (position: Position, batchesPerEpoch: number) => void;
  readonly onStep?: (report: StepReport) => void;
  /** `waitingShare`: share of this validation's time so far between asking for slices and having them. */
  readonly onValidation?: (done: number, total: number, waitingShare: number) => void;
  readonly onEpoch?: (record: EpochRecord) => void;
}

/** Why training ended, after how much, and how good it was. */
export interface TrainingResult {
  readonly reason: EndReason;
  readonly steps: number;
  readonly epochs: number;
  readonly seconds: number;
  /** Highest validation score (evaluate/validation.ts); null without validation patients. */
  readonly best: Position['best'];
  /** The one after the last epoch. */
  readonly dice: number | null;
}

/** Thrown after a signal, when the checkpoint is safe; the command line exits with `exitCode`. */
export class TrainingStopped extends UserError {
  override name = 'TrainingStopped';
  readonly exitCode = EX_TEMPFAIL;
}

/** Trains until the configuration says that the run is over, and returns how it went; also in `result.json`. */
export async function train(run: TrainingRun, options: TrainOptions = {}): Promise<TrainingResult> {
  const { config } = run.description;
  const batches = batchesPerEpoch(run.slices, run.training, config);
  const session = await TrainingSession.open(run, options);
  const { position } = session;
  try {
    if (endReason(config, position) === undefined) options.onStart?.(position, batches);
    while (endReason(config, position) === undefined) {
      let learningRate: number | undefined;
      while (position.batch < batches && !isTimeUp(config, position))
        learningRate = await trainBatch(session, batches, options);
      // a run that was stopped while it validated has no step left in its epoch
      learningRate ??= learningRateAt(config, progressOf(config, position, batches));
      await endEpoch(session, learningRate, options);
    }
  } catch (error) {
    if (!(error instanceof TrainingStopped)) await session.noteFailure(error);
    throw error;
  } finally {
    await session.close();
  }
  const { step: steps, epochs, seconds, best, dice } = position;
  const result: TrainingResult = { reason: endReason(config, position)!, steps, epochs, seconds, best, dice };
  await writeJson(path.join(run.folder, 'result.json'), result);
  return result;
}

/** Takes a step, writes it down, and saves where it is time to; returns the learning rate. */
async function trainBatch(session: TrainingSession, batches: number, options: TrainOptions): Promise<number> {
  const { run, position, journal } = session;
  const { config } = run.description;
  const batch = await session.nextBatch();
  const progress = progressOf(config, position, batches);
  const learningRate = learningRateAt(config, progress);
  const { loss, gradientNorm } = await run.step.run(batch, learningRate, progress);
  session.countStep(loss);
  const epoch = position.epochs + 1;
  const record: StepRecord = { kind: 'step', step: position.step, epoch, loss, learningRate, gradientNorm };
  refuseNonFinite(record, run.folder);
  journal.write(record);
  options.onStep?.({ ...record, ...session.speed(progressOf(config, position, batches)) });
  await breathe();
  await stopIfAsked(session);
  if (session.isSaveDue && position.batch < batches) await session.save();
  return learningRate;
}

function refuseNonFinite({ loss, gradientNorm, step, epoch, learningRate }: StepRecord, folder: string): void {
  if (Number.isFinite(loss) && Number.isFinite(gradientNorm)) return;
  const [what, value] = Number.isFinite(loss) ? ['gradient', gradientNorm] : ['loss', loss];
  throw new UserError(
    `Training diverged: the ${what} became ${value} at step ${step} of epoch ${epoch} with learning rate ` +
      `${learningRate}; the last good checkpoint in ${folder} is kept, so try a lower learning rate or a clipNorm`,
  );
}

/** After a signal saves and throws. */
async function stopIfAsked(session: TrainingSession): Promise<void> {
  if (!session.signal) return;
  await session.save();
  throw new TrainingStopped(
    `Training stopped by ${session.signal} after step ${session.position.step}; ` +
      `the checkpoint is saved in ${session.run.folder}, resume to go on`,
  );
}

/** Validates where it is time to, keeps the best weights, and moves the position to the next epoch. */
async function endEpoch(session: TrainingSession, learningRate: number, options: TrainOptions): Promise<void> {
  const { run, position } = session;
  const { config } = run.description;
  const epoch = position.epochs + 1;
  const isTime = epoch % config.validateEvery === 0 || endReason(config, { ...position, epochs: epoch }) !== undefined;
  const validates = run.validation.length > 0 && isTime;
  const validation = validates ? await validate(session, options.onValidation) : undefined;
  await stopIfAsked(session);
  const record: EpochRecord = {
    kind: 'epoch',
    step: position.step,
    epoch,
    loss: position.lossSum / position.batch,
    learningRate,
    seconds: position.seconds,
    validation,
  };
  session.finishEpoch();
  if (validates) session.tick();
  if (validation) await session.noteScore(validation.dice);
  session.journal.write(record);
  await session.save();
  options.onEpoch?.(record);
  await stopIfAsked(session);
}

/** What the validation patients say; undefined when a signal cut it short. */
async function validate(
  session: TrainingSession,
  onProgress?: TrainOptions['onValidation'],
): Promise<EpochRecord['validation']> {
  const cut = new Error('validation was cut short');
  const { run, loader } = session;
  const { grid, config } = run.description;
  const [begin, waitedBefore] = [performance.now(), loader.waitedMs];
  const tell = (done: number, total: number): void => {
    if (session.signal) throw cut;
    onProgress?.(done, total, (loader.waitedMs - waitedBefore) / (performance.now() - begin));
  };
  try {
    const options = { grid, batchSize: config.batchSize, loader, onProgress: tell };
    const scored = await run.step.withAveragedWeights(() =>
      scoreSlices(run.model, run.slices, run.validation, options),
    );
    return validationOf(scored, run.slices.manifest.classes);
  } catch (error) {
    if (error === cut) return undefined;
    throw error;
  }
}
