/**
 * Which way the axes of a volume run in the patient, and turning volumes into one canonical frame.
 *
 * The canonical array order is L, P, S: x grows to the patient's left, y to posterior, z to superior. Row 0 of every
 * slice is then anterior and the patient's right is on the left of the picture: the radiological convention.
 */
import { expected } from '../errors.ts';
import { type Affine, spacingOf, type Vec3, type Volume, type VoxelArray } from './volume.ts';

type Matrix3 = number[][];

const axes = [0, 1, 2] as const;
/** The three pairs of different axes. */
const pairs = axes.flatMap((p) => axes.filter((q) => q > p).map((q) => [p, q] as const));
/** The letter of a RAS+ axis for growing and for falling coordinates. */
const letters = [
  ['R', 'L'],
  ['A', 'P'],
  ['S', 'I'],
] as const;

const matrix3 = (entry: (row: number, column: number) => number): Matrix3 =>
  axes.map((row) => axes.map((column) => entry(row, column)));
const sumOver = (term: (k: number) => number): number => term(0) + term(1) + term(2);
const multiply = (a: Matrix3, b: Matrix3): Matrix3 => matrix3((i, j) => sumOver((k) => a[i]![k]! * b[k]![j]!));
const transpose = (m: Matrix3): Matrix3 => matrix3((i, j) => m[j]![i]!);

/** Eigenvalues and orthonormal eigenvectors (columns) of a symmetric matrix, by Jacobi's rotations. */
function eigenSymmetric(symmetric: Matrix3): { values: number[]; vectors: Matrix3 } {
  let a = symmetric;
  let vectors = matrix3((i, j) => (i === j ? 1 : 0));
  // Convergence is quadratic: well before eight sweeps over the three off-diagonal pairs it is at machine precision.
  for (let sweep = 0; sweep < 8; sweep++) {
    for (const [p, q] of pairs) {
      const angle = 0.5 * Math.atan2(2 * a[p]![q]!, a[q]![q]! - a[p]![p]!);
      const rotation = matrix3((i, j) => (i === j ? 1 : 0));
      rotation[p]![p] = rotation[q]![q] = Math.cos(angle);
      rotation[p]![q] = Math.sin(angle);
      rotation[q]![p] = -Math.sin(angle);
      a = multiply(transpose(rotation), multiply(a, rotation));
      vectors = multiply(vectors, rotation);
    }
  }
  return { values: axes.map((i) => a[i]![i]!), vectors };
}

/**
 * The rotation (or reflection) nearest to the affine's directions: the orthogonal factor of the polar decomposition,
 * M (MᵀM)^(-1/2) on the range of M. Columns are unit directions of the voxel axes; a lost axis has a zero column.
 */
function nearestRotation(affine: Affine): Matrix3 {
  const length = spacingOf(affine).map((l) => l || 1);
  const m = matrix3((row, column) => affine[4 * row + column]! / length[column]!);
  const { values, vectors } = eigenSymmetric(multiply(transpose(m), m));
  const largest = Math.max(...values);
  const inverseRoot = values.map((value) => (value > 1e-12 * largest ? 1 / Math.sqrt(value) : 0));
  const scaledBack = matrix3((i, j) => inverseRoot[i]! * vectors[j]![i]!);
  return multiply(m, multiply(vectors, scaledBack));
}

/** For each voxel axis the closest patient axis (0 right, 1 anterior, 2 superior) and its sign; undefined if none. */
function closestAxes(affine: Affine): ({ axis: number; sign: 1 | -1 } | undefined)[] {
  const rotation = nearestRotation(affine);
  return axes.map((column) => {
    const values = axes.map((row) => rotation[row]![column]!);
    const sizes = values.map(Math.abs);
    const axis = sizes.indexOf(Math.max(...sizes));
    if (!(sizes[axis]! > 1e-8)) return undefined;
    // An axis that is taken is taken out, so that no two voxel axes get the same one.
    rotation[axis] = [0, 0, 0];
    return { axis, sign: values[axis]! > 0 ? 1 : -1 };
  });
}

/**
 * The directions towards which x, y, z grow, such as `LPS` or `RAS`, as nibabel's aff2axcodes;
 * `?` for an axis that a degenerate affine does not place.
 */
export function orientationCodes(affine: Affine): string {
  return closestAxes(affine)
    .map((a) => (a ? letters[a.axis]![a.sign === 1 ? 0 : 1] : '?'))
    .join('');
}

/**
 * How canonical axes lie in a source array: canonical axis i is source axis `from[i]`, run backwards where `flip[i]`.
 */
interface Turn {
  readonly from: Vec3;
  readonly flip: readonly boolean[];
}

function turnOf(affine: Affine): Turn {
  const codes = orientationCodes(affine);
  if (codes.includes('?')) throw expected('an affine that places all three axes', codes);
  const sides = ['LR', 'PA', 'SI'];
  const from = sides.map((side) => [...codes].findIndex((code) => side.includes(code))) as unknown as Vec3;
  return { from, flip: sides.map((side, i) => codes[from[i]!] !== side[0]) };
}

const isIdentity = ({ from, flip }: Turn): boolean => from.every((axis, i) => axis === i) && !flip.includes(true);

/** Start and step per canonical axis with which the source array is walked in canonical order. */
interface Walk {
  readonly start: number;
  readonly steps: Vec3;
}

function walkOf({ from, flip }: Turn, sourceShape: Vec3): Walk {
  const strides = [1, sourceShape[0], sourceShape[0] * sourceShape[1]];
  const steps = axes.map((i) => (flip[i] ? -1 : 1) * strides[from[i]!]!) as unknown as Vec3;
  const start = sumOver((i) => (flip[i] ? (sourceShape[from[i]!]! - 1) * strides[from[i]!]! : 0));
  return { start, steps };
}

/**
 * Copies between a canonical array of this shape and a source array, in the direction asked for. Rows that lie as whole
 * in both, maybe reversed, are copied as such: several times faster than voxel by voxel.
 */
function copyVoxels(
  canonical: VoxelArray,
  [width, height, depth]: Vec3,
  source: VoxelArray,
  { start, steps }: Walk,
  toSource: boolean,
): void {
  const wholeRows = Math.abs(steps[0]) === 1;
  for (let z = 0, i = 0; z < depth; z++) {
    for (let y = 0; y < height; y++, i += width) {
      const j = start + y * steps[1] + z * steps[2];
      if (wholeRows) {
        const first = steps[0] > 0 ? j : j - width + 1;
        const [here, there] = [canonical.subarray(i, i + width), source.subarray(first, first + width)];
        const [from, to] = toSource ? [here, there] : [there, here];
        to.set(from);
        if (steps[0] < 0) to.reverse();
      } else if (toSource) for (let x = 0; x < width; x++) source[j + x * steps[0]] = canonical[i + x]!;
      else for (let x = 0; x < width; x++) canonical[i + x] = source[j + x * steps[0]]!;
    }
  }
}

const sameKind = <T extends VoxelArray>(data: T, length = data.length): T =>
  new (data.constructor as new (n: number) => T)(length);

function turnedAffine(affine: Affine, { from, flip }: Turn, sourceShape: Vec3): Affine {
  const row = (r: number): number[] => {
    let origin = affine[4 * r + 3]!;
    const columns = axes.map((i) => {
      const value = affine[4 * r + from[i]!]!;
      if (flip[i]) origin += value * (sourceShape[from[i]!]! - 1);
      return flip[i] ? -value : value;
    });
    return [...columns, origin];
  };
  return [...row(0), ...row(1), ...row(2), 0, 0, 0, 1];
}

/**
 * The volume with its axes permuted and flipped (never interpolated) into the canonical order L, P, S, its affine with
 * them; the same object when it is canonical already.
 * Throws a UserError when the affine leaves an axis without direction.
 */
export function toCanonical<T extends VoxelArray>(volume: Volume<T>): Volume<T> {
  const turn = turnOf(volume.affine);
  if (isIdentity(turn)) return volume;
  const shape = turn.from.map((axis) => volume.shape[axis]!) as unknown as Vec3;
  const spacingMm = turn.from.map((axis) => volume.spacingMm[axis]!) as unknown as Vec3;
  const data = sameKind(volume.data);
  copyVoxels(data, shape, volume.data, walkOf(turn, volume.shape), false);
  return { data, shape, spacingMm, affine: turnedAffine(volume.affine, turn, volume.shape) };
}

/**
 * The slices of a volume as toCanonical has them, turned one at a time: no second copy of the volume is made.
 * `slice(z)` is (H, W) on memory that the next call writes to again. Throws as toCanonical does.
 */
export function canonicalSlices(
  volume: Volume,
): Pick<Volume, 'shape' | 'spacingMm'> & { readonly slice: (z: number) => VoxelArray } {
  const turn = turnOf(volume.affine);
  const [width, height, depth] = turn.from.map((axis) => volume.shape[axis]!) as unknown as Vec3;
  const spacingMm = turn.from.map((axis) => volume.spacingMm[axis]!) as unknown as Vec3;
  const { start, steps } = walkOf(turn, volume.shape);
  const plane = sameKind(volume.data, width * height);
  const slice = (z: number): VoxelArray => {
    copyVoxels(plane, [width, height, 1], volume.data, { start: start + z * steps[2], steps }, false);
    return plane;
  };
  return { shape: [width, height, depth], spacingMm, slice };
}

/**
 * The exact inverse of toCanonical: brings a volume on the canonical grid of `source` back to the axis order of
 * `source`, with the very affine of `source`. Throws a UserError when the shapes do not belong together.
 */
export function toGeometryOf<T extends VoxelArray>(canonical: Volume<T>, source: Volume): Volume<T> {
  const turn = turnOf(source.affine);
  const shape = turn.from.map((axis) => source.shape[axis]!) as unknown as Vec3;
  if (shape.some((n, i) => n !== canonical.shape[i]))
    throw expected(`a canonical volume of shape ${shape.join('×')}`, canonical.shape.join('×'));
  const { shape: sourceShape, spacingMm, affine } = source;
  if (isIdentity(turn)) return { data: canonical.data, shape: sourceShape, spacingMm, affine };
  const data = sameKind(canonical.data);
  copyVoxels(canonical.data, shape, data, walkOf(turn, sourceShape), true);
  return { data, shape: sourceShape, spacingMm, affine };
}

const relativeTolerance = 1e-3;

/**
 * One phrase naming the first difference in shape, spacing or affine, undefined when there is none.
 * Tolerances, with which no voxel is taken for another and numbers rounded by other programs pass: spacing 0.1 %;
 * directions 0.1 % of the largest spacing; position 0.1 % of its value, but at least a hundredth and at most a tenth of
 * a voxel.
 */
export function geometryDifference(a: Volume, b: Volume): string | undefined {
  if (a.shape.some((n, i) => n !== b.shape[i])) return `shape ${a.shape.join('×')} against ${b.shape.join('×')}`;
  const list = (numbers: readonly number[]): string => numbers.map((n) => Number(n.toPrecision(6))).join(', ');
  if (a.spacingMm.some((s, i) => Math.abs(s - b.spacingMm[i]!) > relativeTolerance * Math.abs(s))) {
    return `spacing (${list(a.spacingMm)}) mm against (${list(b.spacingMm)}) mm`;
  }
  const largest = Math.max(...a.spacingMm);
  const tolerance = (i: number): number =>
    i % 4 < 3
      ? relativeTolerance * largest
      : Math.min(Math.max(relativeTolerance * Math.abs(a.affine[i]!), largest / 100), largest / 10);
  const differs = a.affine.findIndex((value, i) => !(Math.abs(value - b.affine[i]!) <= tolerance(i)));
  if (differs < 0) return undefined;
  const row = Math.floor(differs / 4);
  const rowOf = ({ affine }: Volume): string => list(affine.slice(4 * row, 4 * row + 4));
  if (rowOf(a) !== rowOf(b)) return `affine row ${row + 1} (${rowOf(a)}) against (${rowOf(b)})`;
  // Far from the origin six digits do not tell the two apart.
  return `affine row ${row + 1}, column ${(differs % 4) + 1}: ${a.affine[differs]} against ${b.affine[differs]}`;
}

/**
 * A mask in the axis order of the image that it lies on, such as a NIfTI label whose rows run the other way than those
 * of a DICOM image. The same object where the orders agree, or where it lies on another grid altogether.
 */
export function inOrderOf<T extends VoxelArray>(mask: Volume<T>, image: Volume): Volume<T> {
  if (!geometryDifference(image, mask)) return mask;
  if ([image, mask].some(({ affine }) => orientationCodes(affine).includes('?'))) return mask;
  const turned = toCanonical(mask);
  const grid = toCanonical({ ...image, data: turned.data });
  return geometryDifference(grid, turned) ? mask : toGeometryOf(turned, image);
}
