/**
 * Distances between the surfaces of two masks, computed once per pair; the metrics of them are in hausdorff.ts, nsd.ts
 * and assd.ts.
 */
import { squaredDistanceInSlices } from '../volume/distance.ts';
import { type Vec3, voxelCount } from '../volume/volume.ts';
import type { MaskPair } from './maskPair.ts';
import { cellSizes, type SurfacePoints, surfaceElements, surfaceVoxels } from './surfaceElements.ts';

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

/** Where the points of both surfaces lie. */
type Grid = Pick<MaskPair, 'shape' | 'spacingMm'>;

/** Stands for a row without a point; no box is so wide. */
const noPoint = 2 ** 30;

/**
 * For each voxel the number of steps along x to the nearest point of the surface in
 * its row, `noPoint` where there is none.
 */
function stepsAlongX({ points }: SurfacePoints, shape: Vec3): Int32Array {
  const width = shape[0];
  const steps = new Int32Array(voxelCount(shape)).fill(noPoint);
  for (let i = 0; i < points.length; ) {
    const start = points[i] - (points[i] % width);
    let last = -1;
    for (; i < points.length && points[i] < start + width; i++) {
      const next = points[i];
      const middle = last < 0 ? start - 1 : (last + next) >> 1;
      for (let j = last + 1; last >= 0 && j <= middle; j++) steps[j] = j - last;
      for (let j = middle + 1; j <= next; j++) steps[j] = next - j;
      last = next;
    }
    for (let j = last + 1; j < start + width; j++) steps[j] = j - last;
  }
  return steps;
}

/**
 * (count · step)², mm². Not step² · count²: 15 steps of 0.2 mm would be 3.0000000000000004 mm and lie beyond a
 * tolerance of 3 mm, within which SciPy, and all who measure with it, find them.
 */
const squareOf = (stepMm: number, count: number): number => stepMm * count * (stepMm * count);

/** Finds nearest points row by row, outwards from the place that asks, until no row can hold a nearer one. */
class RowSearch {
  readonly #steps: Int32Array;
  /** First and last row with a point in each slice; height and -1 in a slice without any. */
  readonly #firstY: Int32Array;
  readonly #lastY: Int32Array;
  readonly #shape: Vec3;
  readonly #spacingMm: Vec3;
  /** Where the last search was and what it found in mm. */
  #last: readonly [number, number, number, number] = [0, 0, 0, Infinity];
  /** Rows looked at so far. */
  visited = 0;

  constructor(to: SurfacePoints, { shape, spacingMm }: Grid) {
    const [width, height, depth] = shape;
    this.#steps = stepsAlongX(to, shape);
    this.#firstY = new Int32Array(depth).fill(height);
    this.#lastY = new Int32Array(depth).fill(-1);
    for (let row = 0; row < height * depth; row++) {
      if (this.#steps[row * width] === noPoint) continue;
      const z = Math.floor(row / height);
      this.#lastY[z] = row - z * height;
      if (this.#firstY[z] === height) this.#firstY[z] = this.#lastY[z];
    }
    this.#shape = shape;
    this.#spacingMm = spacingMm;
  }

  /** The least squared distance over the rows of slice z, or `found` if that is less. */
  #inSlice(x: number, y: number, z: number, toSlice: number, found: number): number {
    const [width, height] = this.#shape;
    const [steps, [stepX, stepY]] = [this.#steps, this.#spacingMm];
    const [firstY, lastY] = [this.#firstY[z], this.#lastY[z]];
    const column = x + width * height * z;
    let best = found;
    for (let step = Math.max(0, firstY - y, y - lastY); step < height; step++) {
      const toRow = toSlice + squareOf(stepY, step);
      if (toRow >= best) break;
      this.visited++;
      if (y - step >= firstY && y - step <= lastY) {
        const along = steps[column + width * (y - step)];
        best = Math.min(best, toRow + squareOf(stepX, along));
      }
      if (y + step >= firstY && y + step <= lastY) {
        const along = steps[column + width * (y + step)];
        best = Math.min(best, toRow + squareOf(stepX, along));
      }
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
      const toSlice = squareOf(this.#spacingMm[2], step);
      if (toSlice >= best) break;
      if (z >= step) best = this.#inSlice(x, y, z - step, toSlice, best);
      if (step > 0 && z + step < depth) best = this.#inSlice(x, y, z + step, toSlice, best);
    }
    this.#last = [x, y, z, Math.sqrt(best)];
    return best;
  }

  /**
   * The nearest point is no farther than that of the place asked for last plus the way there (with room for rounding).
   */
  #bound(x: number, y: number, z: number): number {
    const [lastX, lastY, lastZ, lastMm] = this.#last;
    const [dx, dy, dz] = [x - lastX, y - lastY, z - lastZ];
    const [stepX, stepY, stepZ] = this.#spacingMm;
    const way = Math.sqrt(squareOf(stepX, dx) + squareOf(stepY, dy) + squareOf(stepZ, dz));
    return (lastMm + way) * (lastMm + way) * (1 + 1e-9) + 1e-9;
  }
}

/** Squared distance to the nearest site from that in each slice: outwards until no slice can be nearer. */
function searchAlongZ(inSlices: Float64Array, point: number, layer: number, stepMm: number): number {
  let best = inSlices[point];
  for (let step = 1; ; step++) {
    const far = squareOf(stepMm, step);
    const [down, up] = [point - step * layer, point + step * layer];
    if (far >= best || (down < 0 && up >= inSlices.length)) return best;
    if (down >= 0 && inSlices[down] + far < best) best = inSlices[down] + far;
    if (up < inSlices.length && inSlices[up] + far < best) best = inSlices[up] + far;
  }
}

/**
 * Fills `mm` from index `first` on by a distance transform, whose time does not depend
 * on how far the surfaces are apart.
 */
function nearestByTransform(
  from: SurfacePoints,
  to: SurfacePoints,
  { shape, spacingMm }: Grid,
  mm: Float64Array,
  first: number,
): void {
  const sites = new Uint8Array(voxelCount(shape));
  for (const point of to.points) sites[point] = 1;
  const inSlices = new Float64Array(sites.length);
  squaredDistanceInSlices(sites, shape, spacingMm, 'foreground', inSlices);
  for (let i = first; i < mm.length; i++)
    mm[i] = Math.sqrt(searchAlongZ(inSlices, from.points[i], shape[0] * shape[1], spacingMm[2]));
}

/**
 * From each point of one surface to the nearest of the other, in mm; Infinity when the other has
 * none. Surfaces close to each other are searched; where that takes longer than a distance transform
 * of the box, the transform does the rest.
 */
function nearest(from: SurfacePoints, to: SurfacePoints, grid: Grid): DirectedDistances {
  const mm = new Float64Array(from.points.length).fill(Infinity);
  if (to.points.length === 0) return { mm, sizes: from.sizes };
  const search = new RowSearch(to, grid);
  const enough = 2 * voxelCount(grid.shape);
  let done = 0;
  for (; done < mm.length && search.visited < enough; done++) mm[done] = Math.sqrt(search.nearest(from.points[done]));
  if (done < mm.length) nearestByTransform(from, to, grid, mm, done);
  return { mm, sizes: from.sizes };
}

const between = (prediction: SurfacePoints, reference: SurfacePoints, grid: Grid): SurfaceDistances => ({
  toReference: nearest(prediction, reference, grid),
  toPrediction: nearest(reference, prediction, grid),
});

/** Between surface elements (marching cubes), weighted by their area, as google-deepmind/surface-distance. */
export function surfaceElementDistances(pair: MaskPair): SurfaceDistances {
  const sizes = cellSizes(pair.spacingMm, pair.imageShape[2] === 1 ? 2 : 3);
  return between(
    surfaceElements(pair.prediction, pair.shape, sizes),
    surfaceElements(pair.reference, pair.shape, sizes),
    pair,
  );
}

/** Between the voxels at the surface, each counted once, as MedPy, MONAI and MetricsReloaded. */
export const surfaceVoxelDistances = (pair: MaskPair): SurfaceDistances =>
  between(surfaceVoxels(pair.prediction, pair.shape), surfaceVoxels(pair.reference, pair.shape), pair);
