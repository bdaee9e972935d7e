/**
 * Logistic regression with an L2 penalty, by Newton's method: the minimum of Σ ln(1 + exp(−s η)) + λ/2 Σ w², with
 * η = w · x + b, s = ±1 and b not penalised. It is scikit-learn's `LogisticRegression(C=1/λ)`.
 */
import { expected } from 'axunet/errors';
import { cholesky, solveCholesky } from './solvePositive.ts';

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
  /** How far above its minimum the objective may end, relative to 1 + itself; 1e-17 by default. */
  readonly tolerance?: number;
}

const mostSteps = 500;

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

/** Σ a b. */
function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** Dot products of one array with as many columns as `out` has room for. Four at once: most of the time goes here. */
function fillDots(out: Float64Array, own: Float64Array, columns: readonly Float64Array[]): void {
  let k = 0;
  for (; k + 3 < out.length; k += 4) {
    const [a, b, c, d] = [columns[k]!, columns[k + 1]!, columns[k + 2]!, columns[k + 3]!];
    let sa = 0;
    let sb = 0;
    let sc = 0;
    let sd = 0;
    for (let i = 0; i < own.length; i++) {
      const v = own[i]!;
      sa += v * a[i]!;
      sb += v * b[i]!;
      sc += v * c[i]!;
      sd += v * d[i]!;
    }
    out.set([sa, sb, sc, sd], k);
  }
  for (; k < out.length; k++) out[k] = dot(own, columns[k]!);
}

/** Gradient of the objective at η. */
function gradientOf({ columns, y, penalty }: Data, theta: Float64Array, eta: Float64Array): Float64Array {
  const errors = eta.map((t, i) => sigmoid(t) - Number(y[i]));
  return theta.map((t, j) => dot(errors, columns[j]!) + (j < theta.length - 1 ? penalty * t : 0));
}

/** Hessian of the objective at η, its lower triangle. */
function hessianOf({ columns, penalty }: Data, eta: Float64Array): Float64Array {
  const size = columns.length;
  const hessian = new Float64Array(size * size);
  const weights = eta.map((t) => sigmoid(t) * sigmoid(-t));
  const weighted = new Float64Array(eta.length);
  for (let j = 0; j < size; j++) {
    const column = columns[j]!;
    for (let i = 0; i < eta.length; i++) weighted[i] = weights[i]! * column[i]!;
    fillDots(hessian.subarray(j * size, j * size + j + 1), weighted, columns);
    if (j < size - 1) hessian[j * size + j]! += penalty;
  }
  return hessian;
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
  { penalty, start, tolerance = 1e-17 }: LogisticOptions,
): Logistic {
  checkRows(x, y);
  if (!(penalty >= 0 && penalty < Infinity)) throw expected('a penalty of 0 or more', `${penalty}`);
  const p = x[0]!.length;
  const columns = Array.from({ length: p + 1 }, (_, j) => Float64Array.from(x, (row) => (j < p ? row[j]! : 1)));
  const data = { columns, y, penalty };
  let theta = Float64Array.of(...(start ? [...start.weights, start.intercept] : new Float64Array(p + 1)));
  let eta = new Float64Array(x.length);
  let value = objective(data, theta, eta);
  let [factor, before]: [Float64Array | undefined, number] = [undefined, Infinity];
  for (let step = 0; step < mostSteps; step++) {
    const gradient = gradientOf(data, theta, eta);
    factor ??= cholesky(hessianOf(data, eta), p + 1);
    if (!factor || (penalty === 0 && value < 1e-6)) break; // all are told apart: the weights would grow for ever
    const direction = solveCholesky(factor, gradient);
    const decrease = dot(gradient, direction);
    if (decrease / 2 <= tolerance * (1 + value)) {
      const last = theta.map((t, j) => t - direction[j]!);
      return { weights: last.slice(0, p), intercept: last[p]! };
    }
    for (let length = 1; ; length /= 2) {
      const next = theta.map((t, j) => t - length * direction[j]!);
      const nextEta = new Float64Array(x.length);
      const nextValue = objective(data, next, nextEta);
      if (nextValue > value - 1e-4 * length * decrease && length > 1e-6) continue;
      [theta, eta, value] = [next, nextEta, nextValue];
      break;
    }
    // an old Hessian is good enough as long as it brings the minimum much nearer
    if (decrease > 0.2 * before) factor = undefined;
    before = decrease;
  }
  throw expected('classes that no plane separates, or a penalty above 0', 'no minimum');
}
