/** Live progress of a training run: one line that says where it is, how fast it goes and when it will be done. */
import { formatSeconds, type Progress, startProgress, tryWrite } from '../progress.ts';
import type { TrainConfig } from './config.ts';
import type { TrainingResult, TrainOptions } from './trainer.ts';

/** What to hand to `openRun` and to `train`, and the last words. */
interface ConsoleReport extends Required<Pick<TrainOptions, 'onStart' | 'onStep' | 'onValidation' | 'onEpoch'>> {
  onChoice(line: string): void;
  finish(result: TrainingResult): void;
}

const score = (dice: number | null | undefined): string => (typeof dice === 'number' ? dice.toFixed(3) : '-');

const percent = (share: number): string => `${(100 * share).toFixed(share < 0.0995 ? 1 : 0)} %`;

/** Why it ended, after how much, and how good it was. */
function describeResult({ steps, epochs, seconds, best, reason }: TrainingResult): string {
  const why = { epochs: '', minutes: ' (time is up)', patience: ' (no better score any more)' }[reason];
  const length = `${steps} steps (${epochs} ${epochs === 1 ? 'epoch' : 'epochs'}) in ${formatSeconds(seconds)}${why}`;
  const quality = best ? `best validation Dice ${score(best.dice)} after epoch ${best.epoch}` : 'without validation';
  return `Trained ${length}; ${quality}`;
}

/** Shares of the time that went into waiting for data, of what is known. */
interface Waiting {
  training?: number;
  validation?: number;
}

function describeWaiting(waiting: Waiting): string {
  const shares = Object.entries(waiting).map(([what, share]) => `${percent(share)} of the ${what}`);
  return shares.length ? `; waiting for data took ${shares.join(' and ')}` : '';
}

/**
 * Draws on `out` with the project's progress line: bar, steps (or seconds of the time box), time left, loss, Dice,
 * speed.
 */
export function consoleReport(config: TrainConfig, out: NodeJS.WritableStream = process.stdout): ConsoleReport {
  let bar: Progress | undefined;
  let [total, before, done] = [0, 0, 0];
  let dice: number | null = null;
  const waiting: Waiting = {};
  return {
    onStart(position, batchesPerEpoch) {
      total = config.minutes !== null ? Math.round(60 * config.minutes) : config.epochs! * batchesPerEpoch;
      before = config.minutes !== null ? Math.round(position.seconds) : position.step;
      dice = position.dice;
      if (before > 0)
        tryWrite(out, `Going on after step ${position.step} (${formatSeconds(position.seconds)} of training)\n`);
      bar = startProgress(config.minutes !== null ? 'train (seconds)' : 'train (steps)', total - before, out);
    },
    onChoice(line) {
      tryWrite(out, `${line}\n`);
    },
    onStep({ epoch, loss, progress, stepsPerSecond, waitingShare }) {
      waiting.training = waitingShare;
      done = Math.max(done, Math.round(progress * total) - before);
      bar?.update(
        done,
        `epoch ${epoch} · loss ${loss.toFixed(3)} · Dice ${score(dice)} · ` +
          `${stepsPerSecond.toPrecision(2)} steps/s · ${percent(waitingShare)} waiting for data`,
      );
    },
    onValidation(slices, all, waitingShare) {
      waiting.validation = waitingShare;
      bar?.update(done, `validating ${slices}/${all} · ${percent(waitingShare)} waiting for data`);
    },
    onEpoch({ validation }) {
      dice = validation?.dice ?? dice;
    },
    finish(result) {
      const line = describeResult(result) + describeWaiting(waiting);
      if (bar) bar.finish(line);
      else tryWrite(out, `${line}\n`);
    },
  };
}
