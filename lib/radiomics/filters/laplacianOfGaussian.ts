/** The Laplacian-of-Gaussian image of PyRadiomics. */
import { expected } from '../../errors.ts';
import { affineFrom, assertBoxInside, type Box, cropVolume } from '../../volume/crop.ts';
import { type Vec3, type Volume, type VoxelArray, voxelCount } from '../../volume/volume.ts';
import type { AxisIndex } from '../aggregation.ts';
import { filterLines, lineBuffers, shortestLine } from './filterLines.ts';
import { gaussianFilter, type RecursiveFilter, secondDerivativeFilter } from './recursiveGaussian.ts';

const axes = [0, 1, 2] as const;

interface Grid<T = Float32Array | Float64Array> {
  readonly data: T;
  readonly shape: Vec3;
}

/** Lines filtered together; measured, few of them wait for memory and many leave the cache. */
const linesTogether = 32;

/**
 * The name of the image with a sigma in mm: `log-sigma-2-mm-3D`, `log-sigma-1-5-mm-3D`. PyRadiomics prints a sigma as
 * Python does: 2 as 2, but 2.0 as 2-0. JavaScript knows one number 2; the other is written as text, "2.0".
 */
export function logImageName(sigmaMm: number | string): string {
  const value = Number(sigmaMm);
  const isDecimal = typeof sigmaMm === 'string' && /[.e]/i.test(sigmaMm);
  const text = isDecimal && Number.isInteger(value) ? value.toFixed(1) : String(value);
  return `log-sigma-${text.replace('.', '-')}-mm-3D`;
}

/**
 * Two types are enough, so that the inner loops stay fast: what single precision holds
 * exactly, and doubles for the rest.
 */
function asFloat(data: VoxelArray): Float32Array | Float64Array {
  if (data instanceof Float32Array || data instanceof Float64Array) return data;
  return data.BYTES_PER_ELEMENT < 4 ? new Float32Array(data) : new Float64Array(data);
}

/**
 * Where the lines along an axis begin: `count` neighbours a step `apart`, in `groups`
 * groups that are `groupStep` apart.
 */
function linesAlong(
  axis: AxisIndex,
  [nx, ny, nz]: Vec3,
): { step: number; count: number; apart: number; groups: number; groupStep: number } {
  if (axis === 0) return { step: 1, count: ny * nz, apart: nx, groups: 1, groupStep: 0 };
  if (axis === 1) return { step: nx, count: nx, apart: 1, groups: nz, groupStep: nx * ny };
  return { step: nx * ny, count: nx * ny, apart: 1, groups: 1, groupStep: 0 };
}

/**
 * Filters along one axis, keeps the samples [first, first + count) of every line, and rounds them to single precision.
 * The result goes to `reuse`, which may be the input itself, if it has the right size.
 */
function filterAxis(
  { data, shape }: Grid,
  axis: AxisIndex,
  filter: RecursiveFilter,
  [first, count]: readonly [number, number],
  reuse?: Float32Array,
): Grid<Float32Array> {
  const length = shape[axis];
  const kept = shape.map((n, i) => (i === axis ? count : n)) as unknown as Vec3;
  const out = reuse?.length === voxelCount(kept) ? reuse : new Float32Array(voxelCount(kept));
  const [from, to] = [linesAlong(axis, shape), linesAlong(axis, kept)];
  const buffers = lineBuffers(linesTogether, length);
  for (let group = 0; group < from.groups; group++) {
    for (let line = 0; line < from.count; line += linesTogether) {
      const lines = Math.min(linesTogether, from.count - line);
      const source = { data, start: group * from.groupStep + line * from.apart, apart: from.apart, step: from.step };
      const target = { data: out, start: group * to.groupStep + line * to.apart, apart: to.apart, step: to.step };
      filterLines(buffers, filter, source, target, { lines, length, first, count });
    }
  }
  return { data: out, shape: kept };
}

/** Adds one second derivative, from samples to millimetres. */
function accumulate(total: Float32Array, part: Float32Array, perSquareMm: number): void {
  for (let i = 0; i < total.length; i++) total[i] = total[i]! + part[i]! * perSquareMm;
}

function assertLargeEnough({ shape, spacingMm }: Volume, sigmaMm: number): void {
  if (!(sigmaMm > 0 && Number.isFinite(sigmaMm))) throw expected('a positive sigma in mm', `${sigmaMm}`);
  if (!spacingMm.every((s) => s > 0 && Number.isFinite(s)))
    throw expected('a positive spacing in mm', spacingMm.join(', '));
  const least = spacingMm.map((s) => Math.max(shortestLine, Math.ceil(sigmaMm / s) + 1));
  if (shape.every((n, i) => n >= least[i]!)) return;
  throw expected(
    `at least ${least.join('×')} voxels for a Laplacian of Gaussian with sigma ${sigmaMm} mm`,
    shape.join('×'),
  );
}

/**
 * Deriche's exponentials fall below the rounding error of doubles within this many
 * sigmas, contrast of 1000 : 1 included.
 */
const reachInSigmas = 32;

/** The part of the volume that the box can see through the filter; the rest changes no result. */
function reachOf(volume: Volume, { start, shape }: Box, sigmaMm: number): Box {
  const margin = volume.spacingMm.map((s) => shortestLine + Math.ceil((reachInSigmas * sigmaMm) / s));
  const low = start.map((from, i) => Math.max(0, from - margin[i]!)) as unknown as Vec3;
  const high = start.map((from, i) => Math.min(volume.shape[i]!, from + shape[i]! + margin[i]!));
  return { start: low, shape: low.map((from, i) => high[i]! - from) as unknown as Vec3 };
}

/**
 * σ² times the Laplacian of the volume smoothed with a Gaussian of `sigmaMm`: the sum over the axes of the second
 * derivative along that axis, smoothed along the two others, by the recursive filters of recursiveGaussian.ts. Unit:
 * that of the values; bright blobs are negative.
 *
 * Equal to PyRadiomics' `log-sigma-…-mm-3D` (ITK's LaplacianRecursiveGaussianImageFilter with NormalizeAcrossScale):
 * always in 3-D, edge voxels go on for ever, every pass is computed in double and stored in single precision. Spacing
 * counts, directions do not. With a `box` only that part is returned, the same values for less work; its affine places
 * it in the patient. Throws a UserError for a sigma that is not positive and for volumes with fewer than max(4,
 * ⌈σ/spacing⌉ + 1) voxels along an axis, which PyRadiomics leaves out with a warning.
 */
export function laplacianOfGaussian(
  volume: Volume,
  sigmaMm: number,
  options: { box?: Box } = {},
): Volume<Float32Array> {
  assertLargeEnough(volume, sigmaMm);
  const box = options.box ?? { start: [0, 0, 0], shape: volume.shape };
  assertBoxInside(volume, box);
  const reach = reachOf(volume, box, sigmaMm);
  const seen =
    voxelCount(reach.shape) === voxelCount(volume.shape) ? volume : cropVolume(volume, reach.start, reach.shape);
  const source: Grid = { data: asFloat(seen.data), shape: seen.shape };
  const wanted = (axis: AxisIndex): [number, number] => [box.start[axis] - reach.start[axis], box.shape[axis]];
  const total = new Float32Array(voxelCount(box.shape));
  for (const axis of axes) {
    const spacing = volume.spacingMm[axis];
    const curved = secondDerivativeFilter(sigmaMm / spacing, sigmaMm * sigmaMm);
    let grid = filterAxis(source, axis, curved, wanted(axis));
    for (const other of axes) {
      if (other === axis) continue;
      const smooth = gaussianFilter(sigmaMm / volume.spacingMm[other]);
      grid = filterAxis(grid, other, smooth, wanted(other), grid.data);
    }
    accumulate(total, grid.data, 1 / (spacing * spacing));
  }
  const affine = affineFrom(volume.affine, box.start);
  return { data: total, shape: [...box.shape], spacingMm: volume.spacingMm, affine };
}
