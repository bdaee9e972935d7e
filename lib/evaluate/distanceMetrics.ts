/**
 * Metrics of surface distances. The same name means different things in different programs, so that each says here
 * which distances it takes and what it equals.
 *
 * Both masks empty: distances are 0 and shares 1, for nothing could be better. Only one empty:
 * Infinity and 0, for nothing could be worse.
 */
import { expected } from '../errors.ts';
import type { MaskPair } from './maskPair.ts';
import type { DirectedDistances, SurfaceDistances } from './surfaceDistances.ts';
import { surfaceVoxels } from './surfaceElements.ts';

const total = (values: Float64Array): number => {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum;
};

const largest = (values: Float64Array): number => values.reduce((most, value) => Math.max(most, value), 0);

/** Runs `measure` where both masks have a surface; else 0 mm for two empty masks and Infinity for one. */
function whereBoth(
  { toReference, toPrediction }: SurfaceDistances,
  measure: (directions: DirectedDistances[]) => number,
): number {
  const directions = [toReference, toPrediction];
  const empty = directions.filter(({ mm }) => mm.length === 0).length;
  if (empty > 0) return empty === 2 ? 0 : Infinity;
  return measure(directions);
}

/**
 * The value below which `share` of the sorted values lie, on the line between the two nearest, as NumPy's percentile.
 */
function quantileOfSorted(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
}

/** How much of the surface lies within a distance. */
function sizeWithin({ mm, sizes }: DirectedDistances, distanceMm: number): number {
  let sum = 0;
  for (let i = 0; i < mm.length; i++) if (mm[i] <= distanceMm) sum += sizes[i];
  return sum;
}

/** The smallest distance within which `share` of the surface lies, found by halving the sorted distances. */
function quantileBySize(part: DirectedDistances, share: number): number {
  const wanted = share * total(part.sizes);
  const sorted = part.mm.toSorted();
  let [low, high] = [0, sorted.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sizeWithin(part, sorted[middle]) >= wanted) high = middle;
    else low = middle + 1;
  }
  return sorted[low];
}

const meanBySize = (parts: readonly DirectedDistances[]): number => {
  let [sum, size] = [0, 0];
  for (const { mm, sizes } of parts) {
    for (let i = 0; i < mm.length; i++) sum += mm[i] * sizes[i];
    size += total(sizes);
  }
  return sum / size;
};

function pooled(directions: readonly DirectedDistances[]): Float64Array {
  const all = new Float64Array(directions.reduce((n, { mm }) => n + mm.length, 0));
  directions.reduce((at, { mm }) => (all.set(mm, at), at + mm.length), 0);
  return all.sort();
}

/** Hausdorff distance, the largest of all distances, in mm. */
export const hausdorff = (distances: SurfaceDistances): number =>
  whereBoth(distances, (directions) => Math.max(...directions.map(({ mm }) => largest(mm))));

/** 95th percentile of both directions taken together, in mm; of voxels as `medpy.metric.hd95`. */
export const hd95Pooled = (distances: SurfaceDistances): number =>
  whereBoth(distances, (directions) => quantileOfSorted(pooled(directions), 0.95));

/** The larger of the 95th percentiles of the two directions, in mm; of voxels as MONAI and MetricsReloaded. */
export const hd95Directed = (distances: SurfaceDistances): number =>
  whereBoth(distances, (directions) => Math.max(...directions.map(({ mm }) => quantileOfSorted(mm.toSorted(), 0.95))));

/**
 * The larger of the two distances within which 95 % of a surface's area lies, in mm; of elements as surface-distance.
 */
export const hd95ByArea = (distances: SurfaceDistances): number =>
  whereBoth(distances, (directions) => Math.max(...directions.map((part) => quantileBySize(part, 0.95))));

/**
 * Average symmetric surface distance: mean over both surfaces together, in mm; of voxels as MedPy's and MONAI's assd.
 */
export const assd = (distances: SurfaceDistances): number => whereBoth(distances, meanBySize);

/**
 * Mean average surface distance: mean of the means of the two directions, in mm; of voxels as MetricsReloaded's masd.
 */
export const masd = (distances: SurfaceDistances): number =>
  whereBoth(distances, (directions) => (meanBySize([directions[0]]) + meanBySize([directions[1]])) / 2);

/** Mean over one direction, weighted by size, in mm; of elements as surface-distance's average surface distance. */
export const directedMean = (distances: SurfaceDistances, direction: keyof SurfaceDistances): number =>
  whereBoth(distances, () => meanBySize([distances[direction]]));

/**
 * Normalised surface distance (surface DSC, NSD): the share of both surfaces that lies within the
 * tolerance of the other. Of elements as surface-distance, of voxels as MONAI (without
 * `use_subvoxels`). Throws for a negative tolerance.
 */
export function surfaceDice({ toReference, toPrediction }: SurfaceDistances, toleranceMm: number): number {
  if (!(toleranceMm >= 0)) throw expected('a tolerance of 0 mm or more', `${toleranceMm}`);
  const all = total(toReference.sizes) + total(toPrediction.sizes);
  return all === 0 ? 1 : (sizeWithin(toReference, toleranceMm) + sizeWithin(toPrediction, toleranceMm)) / all;
}

/**
 * Intersection over union of the two masks' surface voxels, as MetricsReloaded's
 * boundary_iou. Both empty 1, one empty 0.
 */
export function boundaryIou({ prediction, reference, shape }: MaskPair): number {
  const isReference = new Uint8Array(reference.length);
  const { points } = surfaceVoxels(reference, shape);
  for (const point of points) isReference[point] = 1;
  const predicted = surfaceVoxels(prediction, shape).points;
  const common = predicted.reduce((sum, point) => sum + isReference[point], 0);
  const union = predicted.length + points.length - common;
  return union === 0 ? 1 : common / union;
}
