/**
 * Hausdorff distance (HD) and its 95th percentile (HD95), in mm.
 *
 * With d(a, B) the distance from a point a of one surface to the nearest of the other:
 * HD = max(max d(a, B) over a in A, max d(b, A) over b in B). Source: Huttenlocher et al. 1993, doi:10.1109/34.232073.
 * HD95 puts the 95th percentile in the place of the maximum, of which three definitions are in use: of both directions
 * together, the larger of the two directions' own, and by area instead of by count.
 * Empty masks: see directedDistances.ts.
 */
import { sizeWithin, totalSize, whereBoth } from './directedDistances.ts';
import type { DirectedDistances, SurfaceDistances } from './surfaceDistances.ts';

const largest = (values: Float64Array): number => values.reduce((most, value) => Math.max(most, value), 0);

/**
 * The value below which `share` of the sorted values lie, on the line between the two nearest, as NumPy's percentile.
 */
function quantileOfSorted(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
}

/** The smallest distance within which `share` of the surface lies, found by halving the sorted distances. */
function quantileBySize(part: DirectedDistances, share: number): number {
  const wanted = share * totalSize(part);
  const sorted = part.mm.toSorted();
  let [low, high] = [0, sorted.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sizeWithin(part, sorted[middle]) >= wanted) high = middle;
    else low = middle + 1;
  }
  return sorted[low];
}

function pooled(directions: readonly DirectedDistances[]): Float64Array {
  const all = new Float64Array(directions.reduce((n, { mm }) => n + mm.length, 0));
  directions.reduce((at, { mm }) => (all.set(mm, at), at + mm.length), 0);
  return all.sort();
}

/** Hausdorff distance, the largest of all distances, in mm. */
export const hausdorffDistance = (distances: SurfaceDistances): number =>
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
