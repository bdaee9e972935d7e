/**
 * Normalised surface Dice (NSD), also called surface DSC and normalised surface distance.
 *
 * NSD(τ) = (size of A within τ of B + size of B within τ of A) / (size of A + size of B), A and B the two surfaces and
 * τ the tolerance in mm. Source: Nikolov et al. 2018, arXiv:1809.04430 (doi:10.2196/26151).
 * Both masks empty: 1; only one: 0.
 */
import { expected } from '../errors.ts';
import { sizeWithin, totalSize } from './directedDistances.ts';
import type { SurfaceDistances } from './surfaceDistances.ts';

/**
 * The share of both surfaces that lies within the tolerance of the other, 0 to 1: of elements as surface-distance, of
 * voxels as MONAI (without `use_subvoxels`). Throws for a negative tolerance.
 */
export function surfaceDice({ toReference, toPrediction }: SurfaceDistances, toleranceMm: number): number {
  if (!(toleranceMm >= 0)) throw expected('a tolerance of 0 mm or more', `${toleranceMm}`);
  const all = totalSize(toReference) + totalSize(toPrediction);
  return all === 0 ? 1 : (sizeWithin(toReference, toleranceMm) + sizeWithin(toPrediction, toleranceMm)) / all;
}
