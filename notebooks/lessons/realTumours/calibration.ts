/** Whether probabilities mean what they say: of all who get 0.8, are eight of ten ill? */
import { expected } from 'axunet/errors';
import { mean } from 'simple-statistics';
import { fitLogistic } from './logistic.ts';

/** Units of similar probability. */
export interface CalibrationBin {
  readonly units: number;
  /** Mean of their probabilities. */
  readonly said: number;
  /** Share of them that is ill. */
  readonly found: number;
}

export interface Calibration {
  readonly bins: readonly CalibrationBin[];
  /** Mean of (probability − outcome)²; `share (1 − share)` for one who says the share of the ill to all. */
  readonly brier: number;
  /** Mean of |said − found| over the units, by bins. */
  readonly ece: number;
  /** Of the outcome on the logit of the probability: 1 is right, below 1 is too sure of itself. */
  readonly slope: number;
  /** Of the outcome with the logit's slope held at 1: 0 is right, below 0 says too much. */
  readonly intercept: number;
}

const logit = (p: number): number => Math.log(p / (1 - p));

/** Shift of all logits at which as many are expected ill as are: Newton's method on one number. */
function shiftOf(logits: readonly number[], ill: readonly boolean[]): number {
  let shift = 0;
  for (let step = 0; step < 100; step++) {
    const shares = logits.map((t) => 1 / (1 + Math.exp(-t - shift)));
    const error = shares.reduce((sum, p, i) => sum + Number(ill[i]) - p, 0);
    const change = error / shares.reduce((sum, p) => sum + p * (1 - p), 0);
    shift += Math.max(-2, Math.min(2, change));
    if (Math.abs(change) < 1e-12) break;
  }
  return shift;
}

/**
 * Calibration of probabilities, which are kept 1e-6 away from 0 and 1. `bins` of equal numbers of units, 10 by default.
 * Throws for lists of unequal length, what is no probability, and outcomes of one kind. The slope is NaN where a limit
 * parts ill from well: it has no finite value then.
 */
export function calibrate(probabilities: readonly number[], ill: readonly boolean[], bins = 10): Calibration {
  const n = probabilities.length;
  if (ill.length !== n) throw expected(`${n} outcomes, one per probability`, `${ill.length}`);
  if (new Set(ill).size < 2) throw expected('outcomes of both kinds', 'one kind or none');
  const bad = probabilities.find((p) => !(p >= 0 && p <= 1));
  if (bad !== undefined) throw expected('probabilities from 0 to 1', `${bad}`);
  if (!(Number.isInteger(bins) && bins > 0 && bins <= n)) throw expected(`1 to ${n} bins`, `${bins}`);
  const order = probabilities.map((_, i) => i).sort((a, b) => probabilities[a]! - probabilities[b]!);
  const made = Array.from({ length: bins }, (_, b): CalibrationBin => {
    const own = order.slice(Math.round((b * n) / bins), Math.round(((b + 1) * n) / bins));
    const [said, found] = [mean(own.map((i) => probabilities[i]!)), mean(own.map((i) => Number(ill[i])))];
    return { units: own.length, said, found };
  });
  const logits = probabilities.map((p) => logit(Math.min(1 - 1e-6, Math.max(1e-6, p))));
  return {
    bins: made,
    brier: mean(probabilities.map((p, i) => (p - Number(ill[i])) ** 2)),
    ece: made.reduce((sum, { units, said, found }) => sum + (units / n) * Math.abs(said - found), 0),
    slope: slopeOf(logits, ill),
    intercept: shiftOf(logits, ill),
  };
}

function slopeOf(logits: readonly number[], ill: readonly boolean[]): number {
  const of = (kind: boolean): number[] => logits.filter((_, i) => ill[i] === kind);
  const [sick, well] = [of(true), of(false)];
  const isParted = Math.min(...sick) >= Math.max(...well) || Math.max(...sick) <= Math.min(...well);
  if (isParted) return NaN;
  return fitLogistic(
    logits.map((t) => [t]),
    ill,
    { penalty: 0 },
  ).weights[0]!;
}
