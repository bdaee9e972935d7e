/** The Laplacian-of-Gaussian image of PyRadiomics. */
import { expected } from '../../errors.ts';
import { type Vec3, type Volume, type VoxelArray, voxelCount } from '../../volume/volume.ts';
import { type Box, boxAffine, boxInside } from './box.ts';
import { filterLines, shortestLine } from './filterLines.ts';
import { gaussianFilter, type RecursiveFilter, secondDerivativeFilter } from './recursiveGaussian.ts';

type Axis = 0 | 1 | 2;
interface Grid { readonly data: Float32Array | Float64Array; readonly shape: Vec3 }

/** Lines filtered together: 16 floats fill the 64 bytes that memory hands over at once. */
const linesTogether = 16;

/** `log-sigma-1-0-mm-3D`, as PyRadiomics prints a sigma that is a decimal number in its settings. */
export function logImageName(sigmaMm: number): string {
  const text = Number.isInteger(sigmaMm) ? sigmaMm.toFixed(1) : String(sigmaMm);
  return `log-sigma-${text.replace('.', '-')}-mm-3D`;
}

/** Two types are enough, so that the inner loops stay fast: what single precision holds exactly, and doubles for the rest. */
function asFloat(data: VoxelArray): Float32Array | Float64Array {
  if (data instanceof Float32Array || data instanceof Float64Array) return data;
  return data.BYTES_PER_ELEMENT < 4 ? Float32Array.from(data) : Float64Array.from(data);
}

/** Where the lines along an axis begin: `count` neighbours a step `apart`, in `groups` groups that are `groupStep` apart. */
function linesAlong(axis: Axis, [nx, ny, nz]: Vec3): { step: number; count: number; apart: number; groups: number; groupStep: number } {
  if (axis === 0) return { step: 1, count: ny * nz, apart: nx, groups: 1, groupStep: 0 };
  if (axis === 1) return { step: nx, count: nx, apart: 1, groups: nz, groupStep: nx * ny };
  return { step: nx * ny, count: nx * ny, apart: 1, groups: 1, groupStep: 0 };
}

function gather(from: Grid['data'], into: Float64Array, start: number, lines: number, length: number, apart: number, step: number): void {
  for (let i = 0; i < length; i++) {
    for (let b = 0, p = lines * i, q = start + step * i; b < lines; b++, p++, q += apart) into[p] = from[q]!;
  }
}

function scatter(forward: Float64Array, backward: Float64Array, into: Float32Array, start: number, lines: number, first: number, length: number, apart: number, step: number): void {
  for (let i = 0; i < length; i++) {
    for (let b = 0, p = lines * (first + i), q = start + step * i; b < lines; b++, p++, q += apart) into[q] = forward[p]! + backward[p]!;
  }
}

/** Filters along one axis, keeps the samples [first, first + count) of every line, and rounds them to single precision. */
function filterAxis({ data, shape }: Grid, axis: Axis, filter: RecursiveFilter, first: number, count: number): Grid {
  const length = shape[axis];
  const kept = shape.map((n, i) => (i === axis ? count : n)) as unknown as Vec3;
  const out = new Float32Array(voxelCount(kept));
  const [from, to] = [linesAlong(axis, shape), linesAlong(axis, kept)];
  const [input, forward, backward] = [0, 0, 0].map(() => new Float64Array(linesTogether * length)) as [Float64Array, Float64Array, Float64Array];
  for (let group = 0; group < from.groups; group++) {
    for (let line = 0; line < from.count; line += linesTogether) {
      const lines = Math.min(linesTogether, from.count - line);
      gather(data, input, group * from.groupStep + line * from.apart, lines, length, from.apart, from.step);
      filterLines(input, forward, backward, lines, length, filter);
      scatter(forward, backward, out, group * to.groupStep + line * to.apart, lines, first, count, to.apart, to.step);
    }
  }
  return { data: out, shape: kept };
}

/** Adds one second derivative, from samples to millimetres. */
function accumulate(total: Float32Array, part: Float32Array | Float64Array, perSquareMm: number): void {
  for (let i = 0; i < total.length; i++) total[i] = total[i]! + part[i]! * perSquareMm;
}

function assertLargeEnough({ shape, spacingMm }: Volume, sigmaMm: number): void {
  if (!(sigmaMm > 0 && Number.isFinite(sigmaMm))) throw expected('a positive sigma in mm', `${sigmaMm}`);
  if (!spacingMm.every((s) => s > 0 && Number.isFinite(s))) throw expected('a positive spacing in mm', spacingMm.join(', '));
  const least = spacingMm.map((s) => Math.max(shortestLine, Math.ceil(sigmaMm / s) + 1));
  if (shape.some((n, i) => n < least[i]!)) throw expected(`at least ${least.join('×')} voxels for a Laplacian of Gaussian with sigma ${sigmaMm} mm`, shape.join('×'));
}

/**
 * σ² times the Laplacian of the volume smoothed with a Gaussian of `sigmaMm`: Σ over the axes of the second derivative along that axis,
 * smoothed along the two others, by the recursive filters of recursiveGaussian.ts. Bright blobs of radius σ√3 give the most negative values.
 *
 * Equal to PyRadiomics' `log-sigma-…-mm-3D` (ITK's LaplacianRecursiveGaussianImageFilter with NormalizeAcrossScale): always in 3-D,
 * the edge voxels go on for ever, every pass is computed in double and stored in single precision. The spacing comes from the volume;
 * directions play no part. Unit: that of the values.
 * With a `box` only that part is returned, the same values for less work; its affine places it in the patient.
 * Throws a UserError for a sigma that is not positive and for volumes with fewer than max(4, ⌈σ/spacing⌉ + 1) voxels along an axis,
 * which PyRadiomics leaves out with a warning.
 */
export function laplacianOfGaussian(volume: Volume, sigmaMm: number, options: { box?: Box } = {}): Volume<Float32Array> {
  assertLargeEnough(volume, sigmaMm);
  const { start, shape } = boxInside(volume, options.box);
  const source: Grid = { data: asFloat(volume.data), shape: volume.shape };
  const total = new Float32Array(voxelCount(shape));
  const smoothing = volume.spacingMm.map((s) => gaussianFilter(sigmaMm / s));
  for (const axis of [0, 1, 2] as const) {
    const spacing = volume.spacingMm[axis];
    let grid = filterAxis(source, axis, secondDerivativeFilter(sigmaMm / spacing, sigmaMm * sigmaMm), start[axis], shape[axis]);
    for (const other of ([0, 1, 2] as const).filter((o) => o !== axis)) {
      grid = filterAxis(grid, other, smoothing[other]!, start[other], shape[other]);
    }
    accumulate(total, grid.data, 1 / (spacing * spacing));
  }
  return { data: total, shape: [...shape], spacingMm: volume.spacingMm, affine: boxAffine(volume.affine, { start, shape }) };
}
