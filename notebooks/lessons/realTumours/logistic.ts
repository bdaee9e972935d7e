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
  /** How far above its minimum the objective may end, relative to 1 + itself; 1e-14 by default. */
  readonly tolerance?: number;
}

const mostSteps = 100;

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

/** The columns of a table, a last one of ones for the intercept, and the labels. */
interface Data {
  readonly columns: readonly Float64Array[];
  readonly y: readonly boolean[];
  readonly penalty: number;
}

/** What is minimised, and η of all rows on the way. The intercept is the last of the parameters. */
function objective({ columns, y, penalty }: Data, theta: Float64Array, eta: Float64Array): number {
  let value = 0;
  for (let j = 0; j < theta.length - 1; j++) value += 0.5 * penalty * theta[j]! ** 2;
  eta.fill(0);
  for (const [j, column] of columns.entries()) for (let i = 0; i < eta.length; i++) eta[i]! += theta[j]! * column[i]!;
  for (let i = 0; i < eta.length; i++) value += softplus(y[i] ? -eta[i]! : eta[i]!);
  return value;
}

/** Σ a b, as two sums side by side: most of the time goes here. */
function dot(a: Float64Array, b: Float64Array): number {
  let even = 0;
  let odd = 0;
  const last = a.length - 1;
  for (let i = 0; i < last; i += 2) {
    even += a[i]! * b[i]!;
    odd += a[i + 1]! * b[i + 1]!;
  }
  return a.length % 2 === 1 ? even + odd + a[last]! * b[last]! : even + odd;
}

/** Gradient and Hessian (its lower triangle) of the objective at η. */
function slopes({ columns, y, penalty }: Data, theta: Float64Array, eta: Float64Array): [Float64Array, Float64Array] {
  const size = theta.length;
  const [gradient, hessian] = [new Float64Array(size), new Float64Array(size * size)];
  const shares = eta.map(sigmoid);
  const errors = shares.map((share, i) => share - Number(y[i]));
  const weighted = new Float64Array(eta.length);
  for (let j = 0; j < size; j++) {
    const column = columns[j]!;
    for (let i = 0; i < eta.length; i++) weighted[i] = shares[i]! * (1 - shares[i]!) * column[i]!;
    for (let k = 0; k <= j; k++) hessian[j * size + k] = dot(weighted, columns[k]!);
    gradient[j] = dot(errors, column);
    if (j === size - 1) break;
    gradient[j]! += penalty * theta[j]!;
    hessian[j * size + j]! += penalty;
  }
  return [gradient, hessian];
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
export function fitLogistic(
  x: Rows,
  y: readonly boolean[],
  { penalty, start, tolerance = 1e-14 }: LogisticOptions,
): Logistic {
  checkRows(x, y);
  if (!(penalty >= 0 && penalty < Infinity)) throw expected('a penalty of 0 or more', `${penalty}`);
  const p = x[0]!.length;
  const columns = Array.from({ length: p + 1 }, (_, j) => Float64Array.from(x, (row) => (j < p ? row[j]! : 1)));
  const data = { columns, y, penalty };
  let theta = Float64Array.of(...(start ? [...start.weights, start.intercept] : new Float64Array(p + 1)));
  let eta = new Float64Array(x.length);
  let value = objective(data, theta, eta);
  for (let step = 0; step < mostSteps; step++) {
    const [gradient, hessian] = slopes(data, theta, eta);
    const direction = solvePositive(hessian, gradient);
    if (!direction || (penalty === 0 && value < 1e-6)) break; // all are told apart: the weights would grow for ever
    const decrease = dot(gradient, direction);
    if (decrease / 2 <= tolerance * (1 + value)) return { weights: theta.slice(0, p), intercept: theta[p]! };
    for (let length = 1; ; length /= 2) {
      const next = theta.map((t, j) => t - length * direction[j]!);
      const nextEta = new Float64Array(x.length);
      const nextValue = objective(data, next, nextEta);
      if (nextValue > value - 1e-4 * length * decrease && length > 1e-6) continue;
      [theta, eta, value] = [next, nextEta, nextValue];
      break;
    }
  }
  throw expected('classes that no plane separates, or a penalty above 0', 'no minimum');
}
