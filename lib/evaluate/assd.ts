/**
 * Average surface distances, in mm: symmetric (ASSD), mean of the directions (MASD), and of one direction (ASD).
 *
 * With d(a, B) the distance from a point a of one surface to the nearest of the other, and w(a) the size of the piece
 * of surface there (1 for voxels, its area for elements):
 * ASD(A, B) = Σ w(a) d(a, B) / Σ w(a); ASSD = (Σ w(a) d(a, B) + Σ w(b) d(b, A)) / (Σ w(a) + Σ w(b));
 * MASD = (ASD(A, B) + ASD(B, A)) / 2. Source: Heimann et al. 2009, doi:10.1109/TMI.2009.2013851.
 * Empty masks: see directedDistances.ts.
 */
import { totalSize, whereBoth } from './directedDistances.ts';
import type { DirectedDistances, SurfaceDistances } from './surfaceDistances.ts';

function meanBySize(parts: readonly DirectedDistances[]): number {
  let [sum, size] = [0, 0];
  for (const part of parts) {
    const { mm, sizes } = part;
    for (let i = 0; i < mm.length; i++) sum += mm[i] * sizes[i];
    size += totalSize(part);
  }
  return sum / size;
}

/**
 * Average symmetric surface distance: mean over both surfaces together, in mm; of voxels as MedPy's and MONAI's assd.
 */
export const assd = (distances: SurfaceDistances): number => whereBoth(distances, meanBySize);

/**
 * Mean average surface distance: mean of the means of the two directions, in mm; of voxels as MetricsReloaded's masd.
 */
export const masd = (distances: SurfaceDistances): number =>
  whereBoth(distances, ([toReference, toPrediction]) => (meanBySize([toReference]) + meanBySize([toPrediction])) / 2);

/** Mean over one direction, weighted by size, in mm; of elements as surface-distance's average surface distance. */
export const directedMean = (distances: SurfaceDistances, direction: keyof SurfaceDistances): number =>
  whereBoth(distances, () => meanBySize([distances[direction]]));
