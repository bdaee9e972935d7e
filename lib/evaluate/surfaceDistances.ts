/** Distances between the surfaces of two masks, computed once per pair; the metrics of them are in distanceMetrics.ts. */
import { squaredDistanceInSlices } from '../volume/distance.ts';
import { type Vec3, voxelCount } from '../volume/volume.ts';
import type { MaskPair } from './maskPair.ts';
import { cellSizes, surfaceElements, surfaceVoxels, type SurfacePoints } from './surfaceElements.ts';

/** Distances from the points of one surface to the nearest point of the other. */
export interface DirectedDistances {
  readonly mm: Float64Array;
  /** Size of the piece of surface at each distance: mm² (2-D: mm) for surface elements, 1 for voxels. */
  readonly sizes: Float64Array;
}

/** Both directions; lists are empty where a mask has no surface, distances Infinity where only the other has none. */
export interface SurfaceDistances {
  readonly toReference: DirectedDistances;
  readonly toPrediction: DirectedDistances;
}

/** The points of a surface by row: those of row r are `points[start[r]]` to `points[start[r + 1] - 1]`, rising. */
function rowStarts({ points }: SurfacePoints, width: number, rows: number): Int32Array {
  const start = new Int32Array(rows + 1);
  for (const point of points) start[Math.floor(point / width) + 1]++;
  for (let row = 0; row < rows; row++) start[row + 1] += start[row];
  return start;
}

/** Finds nearest points row by row, outwards from the place that asks, until no row can hold a nearer one. */
class RowSearch {
  readonly #points: Int32Array;
  readonly #start: Int32Array;
  readonly #shape: Vec3;
  /** mm² for one step along x, y and z. */
  readonly #weight: Vec3;
  /** Where the last search was and what it found in mm. */
  #last: readonly [number, number, number, number] = [0, 0, 0, Infinity];
  /** Rows looked at so far. */
  visited = 0;
  constructor(to: SurfacePoints, shape: Vec3, spacingMm: Vec3) {
    this.#points = to.points;
    this.#start = rowStarts(to, shape[0], shape[1] * shape[2]);
    this.#shape = shape;
    this.#weight = [spacingMm[0] ** 2, spacingMm[1] ** 2, spacingMm[2] ** 2];
  }

  /** The lesser of `best` and the squared distance to the nearest point of a row, whose squared distance is `toRow`. */
  #inRow(row: number, x: number, toRow: number, best: number): number {
    const points = this.#points;
    let low = this.#start[row];
    let high = this.#start[row + 1];
    this.visited++;
    if (low === high) return best;
    const [first, end] = [low, high];
    const wanted = row * this.#shape[0] + x;
    while (low < high) {
      const between = (low + high) >> 1;
      if (points[between] < wanted) low = between + 1;
      else high = between;
    }
    let steps = low < end ? points[low] - wanted : Infinity;
    if (low > first) steps = Math.min(steps, wanted - points[low - 1]);
    return Math.min(best, toRow + this.#weight[0] * steps * steps);
  }

  /** The least squared distance over the rows of slice z, or `found` if that is less. */
  #inSlice(x: number, y: number, z: number, toSlice: number, found: number): number {
    const [, height] = this.#shape;
    let best = found;
    for (let step = 0; step < height; step++) {
      const toRow = toSlice + this.#weight[1] * step * step;
      if (toRow >= best) break;
      if (y >= step) best = this.#inRow(y - step + height * z, x, toRow, best);
      if (step > 0 && y + step < height) best = this.#inRow(y + step + height * z, x, toRow, best);
    }
    return best;
  }

  /** Squared distance in mm² to the nearest point. */
  nearest(point: number): number {
    const [width, height, depth] = this.#shape;
    const row = Math.floor(point / width);
    const z = Math.floor(row / height);
    const [x, y] = [point - row * width, row - z * height];
    let best = this.#bound(x, y, z);
    for (let step = 0; step < depth; step++) {
      const toSlice = this.#weight[2] * step * step;
      if (toSlice >= best) break;
      if (z >= step) best = this.#inSlice(x, y, z - step, toSlice, best);
      if (step > 0 && z + step < depth) best = this.#inSlice(x, y, z + step, toSlice, best);
    }
    this.#last = [x, y, z, Math.sqrt(best)];
    return best;
  }

  /** The nearest point is no farther than that of the place asked for last plus the way there (with room for rounding). */
  #bound(x: number, y: number, z: number): number {
    const [lastX, lastY, lastZ, lastMm] = this.#last;
    const [dx, dy, dz] = [x - lastX, y - lastY, z - lastZ];
    const way = Math.sqrt(this.#weight[0] * dx * dx + this.#weight[1] * dy * dy + this.#weight[2] * dz * dz);
    return (lastMm + way) * (lastMm + way) * (1 + 1e-9) + 1e-9;
  }
}

/** Squared distance to the nearest site from that in each slice: outwards until no slice can be nearer. */
function searchAlongZ(inSlices: Float64Array, point: number, layer: number, weight: number): number {
  let best = inSlices[point];
  for (let step = 1; ; step++) {
    const far = weight * step * step;
    const [down, up] = [point - step * layer, point + step * layer];
    if (far >= best || (down < 0 && up >= inSlices.length)) return best;
    if (down >= 0 && inSlices[down] + far < best) best = inSlices[down] + far;
    if (up < inSlices.length && inSlices[up] + far < best) best = inSlices[up] + far;
  }
}

/** Fills `mm` from index `first` on by a distance transform, whose time does not depend on how far the surfaces are apart. */
function nearestByTransform(from: SurfacePoints, to: SurfacePoints, shape: Vec3, spacingMm: Vec3, mm: Float64Array, first: number): void {
  const sites = new Uint8Array(voxelCount(shape));
  for (const point of to.points) sites[point] = 1;
  const inSlices = new Float64Array(sites.length);
  squaredDistanceInSlices(sites, shape, spacingMm, 'foreground', inSlices);
  for (let i = first; i < mm.length; i++) mm[i] = Math.sqrt(searchAlongZ(inSlices, from.points[i], shape[0] * shape[1], spacingMm[2] ** 2));
}

/**
 * From each point of one surface to the nearest of the other, in mm; Infinity when the other has none. Surfaces close to each
 * other are searched; where that takes longer than a distance transform of the box, the transform does the rest.
 */
function nearest(from: SurfacePoints, to: SurfacePoints, shape: Vec3, spacingMm: Vec3): DirectedDistances {
  const mm = new Float64Array(from.points.length).fill(Infinity);
  if (to.points.length === 0) return { mm, sizes: from.sizes };
  const search = new RowSearch(to, shape, spacingMm);
  const enough = 2 * voxelCount(shape);
  let done = 0;
  for (; done < mm.length && search.visited < enough; done++) mm[done] = Math.sqrt(search.nearest(from.points[done]));
  if (done < mm.length) nearestByTransform(from, to, shape, spacingMm, mm, done);
  return { mm, sizes: from.sizes };
}

function between(prediction: SurfacePoints, reference: SurfacePoints, { shape, spacingMm }: MaskPair): SurfaceDistances {
  return { toReference: nearest(prediction, reference, shape, spacingMm), toPrediction: nearest(reference, prediction, shape, spacingMm) };
}

/** Between surface elements (marching cubes), weighted by their area, as google-deepmind/surface-distance. */
export function surfaceElementDistances(pair: MaskPair): SurfaceDistances {
  const sizes = cellSizes(pair.spacingMm, pair.imageShape[2] === 1 ? 2 : 3);
  return between(surfaceElements(pair.prediction, pair.shape, sizes), surfaceElements(pair.reference, pair.shape, sizes), pair);
}

/** Between the voxels at the surface, each counted once, as MedPy, MONAI and MetricsReloaded. */
export const surfaceVoxelDistances = (pair: MaskPair): SurfaceDistances =>
  between(surfaceVoxels(pair.prediction, pair.shape), surfaceVoxels(pair.reference, pair.shape), pair);
