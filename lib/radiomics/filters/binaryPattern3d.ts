/**
 * Local binary patterns in space: at each voxel, which points of a sphere around it are at least as bright, described
 * so that turning the sphere hardly changes it: by the energy of its spherical harmonics, degree by degree. And the
 * kurtosis of the values on the sphere.
 *
 * Source: J. Banerjee et al., 3D LBP-based rotationally invariant region description, ACCV 2012 Workshops,
 * doi:10.1007/978-3-642-37410-4_3, as PyRadiomics 3.0.1 does it: it gives the polar angle where SciPy's harmonics
 * expect the azimuth, and the other way round. Values on the sphere come from a cubic B-spline; 0 outside of the image.
 */
import { affineFrom, assertBoxInside, type Box, cropVolume } from '../../volume/crop.ts';
import { type Vec3, type Volume, voxelCount } from '../../volume/volume.ts';
import { splineSampler } from '../itk/resampleAsItk.ts';
import { isIntegerImage, isUnsigned } from '../storedType.ts';
import { icosphere } from './icosphere.ts';

export interface Pattern3dOptions {
  /** How many degrees of harmonics, from 0 on. */
  readonly levels: number;
  /** Of the sphere, in voxels. */
  readonly radius: number;
  /** How often the faces of the icosahedron are divided whose corners are the points. */
  readonly subdivisions: number;
}

/** Of one degree: row v of the matrix that takes values on the points to their share in this degree at point v. */
type Projection = readonly Float64Array[];

/** Associated Legendre function P_n^m(x), with the sign (−1)^m in it. */
function legendre(n: number, m: number, x: number): number {
  let below = 1;
  for (let k = 1; k <= m; k++) below *= -(2 * k - 1) * Math.sqrt(Math.max(0, 1 - x * x));
  if (n === m) return below;
  let value = x * (2 * m + 1) * below;
  for (let k = m + 2; k <= n; k++) [below, value] = [value, ((2 * k - 1) * x * value - (k + m - 1) * below) / (k - m)];
  return value;
}

/** √((2n + 1) / 4π · (n − m)! / (n + m)!). */
function scaleOf(n: number, m: number): number {
  let ratio = 1;
  for (let k = n - m + 1; k <= n + m; k++) ratio /= k;
  return Math.sqrt(((2 * n + 1) / (4 * Math.PI)) * ratio);
}

/**
 * Σ over the orders m of Y(v) Y(w), which is real: the terms of m and −m add up to twice the real part of the one of m.
 */
function projection(degree: number, points: readonly Vec3[], radius: number): Projection {
  const angles = points.map(([x, y, z]) => ({
    azimuth: Math.acos(Math.min(1, Math.max(-1, z / radius))),
    cosine: Math.cos(Math.atan2(y, x)),
  }));
  const orders = Array.from({ length: degree + 1 }, (_, m) => m);
  const sizes = angles.map(({ cosine }) => orders.map((m) => scaleOf(degree, m) * legendre(degree, m, cosine)));
  const term = (v: number, w: number, m: number): number => {
    const turn = Math.cos(m * (angles[v]!.azimuth + angles[w]!.azimuth));
    return (m === 0 ? 1 : 2) * sizes[v]![m]! * sizes[w]![m]! * turn;
  };
  return points.map((_, v) => Float64Array.from(points, (__, w) => orders.reduce((sum, m) => sum + term(v, w, m), 0)));
}

/** Length of the part of `bits` that lies in one degree. */
function lengthIn(rows: Projection, bits: Uint8Array): number {
  let squares = 0;
  for (const row of rows) {
    let sum = 0;
    for (let w = 0; w < row.length; w++) if (bits[w]) sum += row[w]!;
    squares += sum * sum;
  }
  return Math.sqrt(squares);
}

/** M₄ / M₂² − 3; equal values: NaN, as SciPy. */
function excessKurtosis(values: Float64Array): number {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  let [second, fourth] = [0, 0];
  for (const value of values) {
    const square = (value - mean) ** 2;
    second += square;
    fourth += square * square;
  }
  second /= values.length;
  return second <= (Number.EPSILON * mean) ** 2 ? Number.NaN : fourth / values.length / second ** 2 - 3;
}

/** Interpolated values in the type of the image: integers are rounded, halves away from 0. */
function rounder(image: Volume): (value: number) => number {
  if (image.data instanceof Float32Array) return Math.fround;
  if (!isIntegerImage(image)) return (value) => value;
  const least = isUnsigned(image) ? 0 : -Infinity;
  return (value) => Math.max(least, value > 0 ? Math.floor(value + 0.5) : Math.ceil(value - 0.5));
}

/** Further away a coefficient of the B-spline is not felt. */
const splineMargin = 40;

/** The voxels that the box's values depend on. */
function surroundings({ shape }: Volume, { start, shape: size }: Box, radius: number): Box {
  const margin = Math.ceil(radius) + splineMargin;
  const low = start.map((from) => Math.max(0, from - margin)) as unknown as Vec3;
  const high = start.map((from, axis) => Math.min(shape[axis]!, from + size[axis]! + margin));
  return { start: low, shape: high.map((to, axis) => to - low[axis]!) as unknown as Vec3 };
}

/** The value between voxels, 0 outside of the outermost ones. */
function sampler(image: Volume, part: Box): (x: number, y: number, z: number) => number {
  const { shape } = image;
  const spline = splineSampler({ data: cropVolume(image, part.start, part.shape).data, box: part, shape });
  const isInside = (at: number, n: number): boolean => at >= 0 && at <= n - 1;
  return (x, y, z) => (isInside(x, shape[0]) && isInside(y, shape[1]) && isInside(z, shape[2]) ? spline([x, y, z]) : 0);
}

/**
 * The images of one volume: `lbp-3D-m1` to `lbp-3D-m<levels>`, then the kurtosis `lbp-3D-k`, each in `box`. `wanted`
 * are the voxels of the box (indices, x fastest) that are computed, the others stay 0; default: all. The kurtosis is
 * NaN where all values on the sphere are equal. Throws a UserError for a box outside the volume.
 */
export function binaryPatterns3d(
  image: Volume,
  box: Box,
  { levels, radius, subdivisions }: Pattern3dOptions,
  wanted: Iterable<number> = Array(voxelCount(box.shape)).keys(),
): { name: string; volume: Volume<Float64Array> }[] {
  assertBoxInside(image, box);
  const part = surroundings(image, box, radius);
  // The points are given in the order z, y, x of NumPy's axes.
  const points = icosphere(subdivisions, radius);
  const rows = Array.from({ length: levels }, (_, degree) => projection(degree, points, radius));
  const valueAt = sampler(image, part);
  const round = rounder(image);
  const affine = affineFrom(image.affine, box.start);
  const [width, height] = image.shape;
  const names = [...rows.map((_, n) => `lbp-3D-m${n + 1}`), 'lbp-3D-k'];
  const made = names.map((name) => {
    const data = new Float64Array(voxelCount(box.shape));
    return { name, volume: { data, shape: [...box.shape] as unknown as Vec3, spacingMm: image.spacingMm, affine } };
  });
  const [values, bits] = [new Float64Array(points.length), new Uint8Array(points.length)];
  for (const i of wanted) {
    const x = box.start[0] + (i % box.shape[0]);
    const y = box.start[1] + (Math.floor(i / box.shape[0]) % box.shape[1]);
    const z = box.start[2] + Math.floor(i / (box.shape[0] * box.shape[1]));
    const centre = image.data[x + width * (y + height * z)]!;
    for (let v = 0; v < points.length; v++) {
      const [dz, dy, dx] = points[v]!;
      values[v] = round(valueAt(x + dx, y + dy, z + dz));
      bits[v] = Number(values[v]! >= centre);
    }
    for (const [degree, projected] of rows.entries()) made[degree]!.volume.data[i] = lengthIn(projected, bits);
    made.at(-1)!.volume.data[i] = excessKurtosis(values);
  }
  return made;
}
