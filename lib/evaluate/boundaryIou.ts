/**
 * Boundary IoU of two masks: |A ∩ B| / |A ∪ B|, A and B their surface voxels. The boundary of Cheng et al. 2021
 * (arXiv:2103.16562) is one voxel thick here, as in MetricsReloaded.
 */
import type { MaskPair } from './maskPair.ts';
import { surfaceVoxels } from './surfaceElements.ts';

/** Boundary IoU, 0 to 1, as MetricsReloaded's boundary_iou. Both masks empty: 1; only one: 0. */
export function boundaryIou({ prediction, reference, shape }: MaskPair): number {
  const isReference = new Uint8Array(reference.length);
  const { points } = surfaceVoxels(reference, shape);
  for (const point of points) isReference[point] = 1;
  const predicted = surfaceVoxels(prediction, shape).points;
  const common = predicted.reduce((sum, point) => sum + isReference[point], 0);
  const union = predicted.length + points.length - common;
  return union === 0 ? 1 : common / union;
}
