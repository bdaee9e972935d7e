/** Distances between the surfaces of two masks, computed once per pair; the metrics of them are in distanceMetrics.ts. */
import { squaredDistanceInSlices } from '../volume/distance.ts';
import type { Vec3 } from '../volume/volume.ts';
import type { MaskPair } from './maskPair.ts';
import { cellSizes, surfaceElements, surfaceVoxels, type SurfacePoints } from './surfaceElements.ts';

/** Distances from the points of one surface to the nearest point of the other, in rising order. */
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

/** The nearest site in other slices: outwards from the point's own slice until no slice can be nearer. */
function searchAlongZ(inSlices: Float64Array, point: number, layer: number, weight: number): number {
  let best = inSlices[point];
  const above = inSlices.length;
  for (let step = 1; ; step++) {
    const far = weight * step * step;
    const [down, up] = [point - step * layer, point + step * layer];
    if (far >= best || (down < 0 && up >= above)) return best;
    if (down >= 0 && inSlices[down] + far < best) best = inSlices[down] + far;
    if (up < above && inSlices[up] + far < best) best = inSlices[up] + far;
  }
}

/** From each point of one surface to the nearest of the other, in mm; Infinity when the other has none. */
function nearest(from: SurfacePoints, to: SurfacePoints, shape: Vec3, spacingMm: Vec3): DirectedDistances {
  const sites = new Uint8Array(shape[0] * shape[1] * shape[2]);
  for (const point of to.points) sites[point] = 1;
  const inSlices = new Float64Array(sites.length);
  squaredDistanceInSlices(sites, shape, spacingMm, 'foreground', inSlices);
  const weight = spacingMm[2] ** 2;
  const layer = shape[0] * shape[1];
  const mm = Float64Array.from(from.points, (point) => Math.sqrt(searchAlongZ(inSlices, point, layer, weight)));
  return inRisingOrder(mm, from.sizes);
}

function inRisingOrder(mm: Float64Array, sizes: Float64Array): DirectedDistances {
  const order = Uint32Array.from(mm, (_, i) => i).sort((a, b) => mm[a] - mm[b] || a - b);
  return { mm: mm.toSorted(), sizes: Float64Array.from(order, (i) => sizes[i]) };
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
