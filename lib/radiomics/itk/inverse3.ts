/**
 * The inverse of a 3×3 matrix, by way of its singular values, in the order of operations that ITK's has.
 *
 * ITK turns millimetres into voxels with a matrix that it inverts by LINPACK's `dsvdc`. The result is exact but for
 * the last bits, and those bits decide whether an interpolated 41 comes out as 41 or as 40.999…, which an integer image
 * cuts to 40. Source: Dongarra et al., LINPACK Users' Guide, SIAM 1979, chapter 11 (bidiagonal form by Householder
 * reflections, then QR steps with a shift); Golub and Reinsch 1970, doi:10.1007/BF02163027; norms and rotations as in
 * the BLAS of Lawson et al. 1979, doi:10.1145/355841.355847.
 */
import { expected } from '../../errors.ts';

/** Nine numbers, row by row. */
export type Matrix3 = readonly number[];

/** Three columns of three numbers. */
type Columns = [Float64Array, Float64Array, Float64Array];
const zeros = (): Columns => [new Float64Array(3), new Float64Array(3), new Float64Array(3)];

/** Singular values, and left and right singular vectors as columns. */
interface Decomposition {
  readonly values: Float64Array;
  readonly left: Columns;
  readonly right: Columns;
}

const withSign = (size: number, like: number): number => (like < 0 ? -Math.abs(size) : Math.abs(size));

/** Length of the elements from `first` on, scaled by the largest so far. */
function norm(v: Float64Array, first: number): number {
  if (first === v.length - 1) return Math.abs(v[first]!);
  let [scale, squares] = [0, 1];
  for (let i = first; i < v.length; i++) {
    const size = Math.abs(v[i]!);
    if (size === 0) continue;
    if (scale < size) {
      squares = 1 + squares * ((scale / size) * (scale / size));
      scale = size;
    } else squares += (size / scale) * (size / scale);
  }
  return scale * Math.sqrt(squares);
}

function dot(a: Float64Array, b: Float64Array, first: number): number {
  let sum = 0;
  for (let i = first; i < 3; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** Adds `factor` times one column to another. */
function addTo(into: Float64Array, from: Float64Array, factor: number, first: number): void {
  for (let i = first; i < 3; i++) into[i]! += factor * from[i]!;
}

/**
 * Makes of the elements of `v` from `first` on the vector of the reflection that leaves one of them, and gives that
 * one, its sign turned.
 */
function reflection(v: Float64Array, first: number): number {
  const length = norm(v, first);
  if (length === 0) return -length;
  const signed = v[first] === 0 ? length : withSign(length, v[first]!);
  const factor = 1 / signed;
  for (let i = first; i < 3; i++) v[i]! *= factor;
  v[first]! += 1;
  return -signed;
}

/** Reflects a column at the vector `v`, whose elements begin at `first`. */
function reflect(column: Float64Array, v: Float64Array, first: number): void {
  addTo(column, v, -dot(v, column, first) / v[first]!, first);
}

/** The diagonal, what stands beside it, and the vectors of the reflections that got there. */
interface Bidiagonal {
  readonly diagonal: Float64Array;
  readonly beside: Float64Array;
  readonly left: Columns;
  readonly rowVector: Float64Array;
}

function toBidiagonal(x: Columns): Bidiagonal {
  const [diagonal, beside] = [new Float64Array(3), new Float64Array(3)];
  diagonal[0] = reflection(x[0], 0);
  const rowVector = new Float64Array(3);
  for (const j of [1, 2] as const) {
    if (diagonal[0] !== 0) reflect(x[j], x[0], 0);
    rowVector[j] = x[j][0]!;
  }
  beside[0] = reflection(rowVector, 1);
  if (beside[0] !== 0) {
    const work = new Float64Array(3);
    for (const j of [1, 2] as const) addTo(work, x[j], rowVector[j]!, 1);
    for (const j of [1, 2] as const) addTo(x[j], work, -rowVector[j]! / rowVector[1]!, 1);
  }
  diagonal[1] = reflection(x[1], 1);
  if (diagonal[1] !== 0) reflect(x[2], x[1], 1);
  beside[1] = x[2][1]!;
  diagonal[2] = x[2][2]!;
  const left = zeros();
  left[0].set(x[0]);
  left[1].set(x[1].subarray(1), 1);
  return { diagonal, beside, left, rowVector };
}

/** The left vectors as columns, from those of the reflections, in place. */
function leftVectors({ left, diagonal }: Bidiagonal): Columns {
  left[2].set([0, 0, 1]);
  for (const at of [1, 0] as const) {
    if (diagonal[at] === 0) {
      left[at].fill(0)[at] = 1;
      continue;
    }
    for (let j = at + 1; j < 3; j++) reflect(left[j as 1 | 2], left[at], at);
    for (let i = at; i < 3; i++) left[at][i]! *= -1;
    left[at][at]! += 1;
    left[at].fill(0, 0, at);
  }
  return left;
}

function rightVectors({ rowVector, beside }: Bidiagonal): Columns {
  const right = zeros();
  right[2][2] = 1;
  right[1][1] = 1;
  if (beside[0] !== 0) for (const j of [1, 2] as const) reflect(right[j], rowVector, 1);
  right[0][0] = 1;
  return right;
}

/** The rotation that turns (a, b) into (length, 0). */
function rotation(a: number, b: number): { length: number; cos: number; sin: number } {
  const scale = Math.abs(a) + Math.abs(b);
  if (scale === 0) return { length: 0, cos: 1, sin: 0 };
  const length = withSign(
    scale * Math.sqrt((a / scale) * (a / scale) + (b / scale) * (b / scale)),
    Math.abs(a) > Math.abs(b) ? a : b,
  );
  return { length, cos: a / length, sin: b / length };
}

function rotate(a: Float64Array, b: Float64Array, cos: number, sin: number): void {
  for (let i = 0; i < 3; i++) {
    const turned = cos * a[i]! + sin * b[i]!;
    b[i] = cos * b[i]! - sin * a[i]!;
    a[i] = turned;
  }
}

/** How far the squares of the singular values are shifted, and where the first rotation of a step starts. */
function startOfStep(s: Float64Array, e: Float64Array, first: number, last: number): [number, number] {
  const scale = Math.max(...[s[last]!, s[last - 1]!, e[last - 1]!, s[first]!, e[first]!].map(Math.abs));
  const [end, before, link] = [s[last]! / scale, s[last - 1]! / scale, e[last - 1]! / scale];
  const [start, next] = [s[first]! / scale, e[first]! / scale];
  const b = ((before + end) * (before - end) + link * link) / 2;
  const c = end * link * (end * link);
  let shift = 0;
  if (b !== 0 || c !== 0) shift = c / (b + withSign(Math.sqrt(b * b + c), b));
  return [(start + end) * (start - end) + shift, start * next];
}

/** One QR step on the block from `first` to `last`. */
function qrStep(s: Float64Array, e: Float64Array, { left, right }: Decomposition, block: [number, number]): void {
  const [first, last] = block;
  let [f, g] = startOfStep(s, e, first, last);
  for (let k = first; k < last; k++) {
    const inRow = rotation(f, g);
    if (k !== first) e[k - 1] = inRow.length;
    f = inRow.cos * s[k]! + inRow.sin * e[k]!;
    e[k] = inRow.cos * e[k]! - inRow.sin * s[k]!;
    g = inRow.sin * s[k + 1]!;
    s[k + 1] = inRow.cos * s[k + 1]!;
    rotate(right[k]!, right[k + 1]!, inRow.cos, inRow.sin);
    const inColumn = rotation(f, g);
    s[k] = inColumn.length;
    f = inColumn.cos * e[k]! + inColumn.sin * s[k + 1]!;
    s[k + 1] = -inColumn.sin * e[k]! + inColumn.cos * s[k + 1]!;
    g = inColumn.sin * e[k + 1]!;
    e[k + 1] = inColumn.cos * e[k + 1]!;
    rotate(left[k]!, left[k + 1]!, inColumn.cos, inColumn.sin);
  }
  e[last - 1] = f;
}

/** Makes a found singular value positive and puts it into its place among those found before. */
function settle({ values, left, right }: Decomposition, at: number): void {
  if (values[at]! < 0) {
    values[at] = -values[at]!;
    for (let i = 0; i < 3; i++) right[at]![i]! *= -1;
  }
  for (let k = at; k < 2 && values[k]! < values[k + 1]!; k++) {
    for (const list of [values, left, right] as unknown[][]) [list[k], list[k + 1]] = [list[k + 1], list[k]];
  }
}

/** The first of the block that ends at `last`: where the element beside the diagonal is nothing against it. */
function blockStart(s: Float64Array, e: Float64Array, last: number): number {
  for (let at = last; at > 0; at--) {
    const size = Math.abs(s[at - 1]!) + Math.abs(s[at]!);
    if (size + Math.abs(e[at - 1]!) !== size) continue;
    e[at - 1] = 0;
    return at;
  }
  return 0;
}

/** More steps than any regular matrix needs; LINPACK stops at 30 for one value. */
const mostSteps = 100;

function decompose(m: Matrix3): Decomposition {
  const columns = [0, 1, 2].map((c) => Float64Array.of(m[c]!, m[3 + c]!, m[6 + c]!)) as Columns;
  const form = toBidiagonal(columns);
  const { diagonal: values, beside } = form;
  const found: Decomposition = { values, left: leftVectors(form), right: rightVectors(form) };
  let last = 2;
  for (let steps = 0; last >= 0 && steps < mostSteps; steps++) {
    const first = blockStart(values, beside, last);
    if (first === last) settle(found, last--);
    else qrStep(values, beside, found, [first, last]);
  }
  return found;
}

/** A smallest singular value that is less than this part of the largest is 0 but for rounding. */
const negligible = 1e-14;

/** The inverse of a matrix, rows by rows. Throws a UserError for one that has none. */
export function inverse3(m: Matrix3): number[] {
  const { values, left, right } = decompose(m);
  if (!(values[2]! > negligible * values[0]!)) throw expected('a matrix that can be inverted', m.join(', '));
  const scaled = (row: number, k: number): number => right[k]![row]! * (1 / values[k]!);
  const at = (row: number, column: number): number =>
    scaled(row, 0) * left[0][column]! + scaled(row, 1) * left[1][column]! + scaled(row, 2) * left[2][column]!;
  return [0, 1, 2].flatMap((row) => [0, 1, 2].map((column) => at(row, column)));
}
