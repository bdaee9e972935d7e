/**
 * Logistic regression with an L2 penalty, by Newton's method: the minimum of Σ ln(1 + exp(−s η)) + λ/2 Σ w², with
 * η = w · x + b, s = ±1 and b not penalised. It is scikit-learn's `LogisticRegression(C=1/λ)`.
 */
import { expected } from 'axunet/errors';
import { solvePositive } from './solvePositive.ts';

/** Units as rows of equal length. */
export type Rows = readonly ArrayLike<number>[];

export interface Logistic {
  readonly intercept: number;
  /** One a column. */
  readonly weights: Float64Array;
}

export interface LogisticOptions {
  /** λ, 0 or more; 0 has no minimum where a plane separates the classes. */
  readonly penalty: number;
  /** Where to begin; at 0 by default. */
  readonly start?: Logistic;
}

const mostSteps = 100;
/** Half the squared length of a step in the objective's own measure, below which it is at the minimum. */
const enough = 1e-14;

/** ln(1 + exp(t)) without overflow. */
const softplus = (t: number): number => Math.max(t, 0) + Math.log1p(Math.exp(-Math.abs(t)));

/** 1 / (1 + exp(−t)). */
export const sigmoid = (t: number): number => (t >= 0 ? 1 / (1 + Math.exp(-t)) : Math.exp(t) / (1 + Math.exp(t)));

/** η of one row. */
export function linearScore({ intercept, weights }: Logistic, row: ArrayLike<number>): number {
  let sum = intercept;
  for (let j = 0; j < weights.length; j++) sum += weights[j]! * row[j]!;
  return sum;
}

/** The parameters in one array, the intercept last. */
type Parameters = Float64Array;

/** What is minimised, and η of all rows on the way. */
function objective(x: Rows, y: readonly boolean[], theta: Parameters, penalty: number, eta: Float64Array): number {
  const p = theta.length - 1;
  let value = 0;
  for (let j = 0; j < p; j++) value += 0.5 * penalty * theta[j]! ** 2;
  for (let i = 0; i < x.length; i++) {
    const row = x[i]!;
    let sum = theta[p]!;
    for (let j = 0; j < p; j++) sum += theta[j]! * row[j]!;
    eta[i] = sum;
    value += softplus(y[i] ? -sum : sum);
  }
  return value;
}

/** Gradient and Hessian (its lower triangle) of the objective at η. */
function slopes(
  x: Rows,
  y: readonly boolean[],
  theta: Parameters,
  penalty: number,
  eta: Float64Array,
): { gradient: Float64Array; hessian: Float64Array } {
  const [size, p] = [theta.length, theta.length - 1];
  const [gradient, hessian, row] = [new Float64Array(size), new Float64Array(size * size), new Float64Array(size)];
  for (let j = 0; j < p; j++) {
    gradient[j] = penalty * theta[j]!;
    hessian[j * size + j] = penalty;
  }
  row[p] = 1;
  for (let i = 0; i < x.length; i++) {
    row.set(x[i]!);
    const share = sigmoid(eta[i]!);
    const [error, weight] = [share - Number(y[i]), share * (1 - share)];
    for (let j = 0; j < size; j++) {
      const own = row[j]!;
      gradient[j]! += error * own;
      const scaled = weight * own;
      for (let k = 0, at = j * size; k <= j; k++, at++) hessian[at]! += scaled * row[k]!;
    }
  }
  return { gradient, hessian };
}

/** Refuses rows of unequal length, values that are not finite, and labels of one kind. */
function checkRows(x: Rows, y: readonly boolean[]): void {
  if (x.length !== y.length) throw expected(`${x.length} labels, one per row`, `${y.length}`);
  if (new Set(y).size < 2) throw expected('rows of both kinds', `${x.length} of one kind or none`);
  for (const [i, row] of x.entries()) {
    if (row.length !== x[0]!.length) throw expected(`${x[0]!.length} values in row ${i}`, `${row.length}`);
    const bad = Array.from(row).findIndex((value) => !Number.isFinite(value));
    if (bad >= 0) throw expected(`finite numbers in row ${i}`, `${row[bad]} in column ${bad}`);
  }
}

/**
 * Fits the probability of `true`. Rows should be standardised: the penalty is the same for all columns. Throws for what
 * is no table of finite numbers, labels of one kind, a penalty below 0, and where no minimum is reached (separated
 * classes without penalty).
 */
export function fitLogistic(x: Rows, y: readonly boolean[], { penalty, start }: LogisticOptions): Logistic {
  checkRows(x, y);
  if (!(penalty >= 0 && penalty < Infinity)) throw expected('a penalty of 0 or more', `${penalty}`);
  const p = x[0]!.length;
  let theta = new Float64Array(p + 1);
  if (start) theta.set([...start.weights, start.intercept]);
  let eta = new Float64Array(x.length);
  let value = objective(x, y, theta, penalty, eta);
  for (let step = 0; step < mostSteps; step++) {
    const { gradient, hessian } = slopes(x, y, theta, penalty, eta);
    const direction = solvePositive(hessian, gradient);
    if (!direction) break;
    const decrease = gradient.reduce((sum, g, j) => sum + g * direction[j]!, 0);
    if (penalty === 0 && value < 1e-6) break; // all are told apart: the weights would grow for ever
    if (decrease / 2 <= enough * (1 + value)) return { weights: theta.slice(0, p), intercept: theta[p]! };
    let length = 1;
    for (;;) {
      const next = theta.map((t, j) => t - length * direction[j]!);
      const nextEta = new Float64Array(x.length);
      const nextValue = objective(x, y, next, penalty, nextEta);
      if (nextValue <= value - 1e-4 * length * decrease || length < 1e-6) {
        [theta, eta, value] = [next, nextEta, nextValue];
        break;
      }
      length /= 2;
    }
  }
  throw expected('classes that no plane separates, or a penalty above 0', 'no minimum');
}
