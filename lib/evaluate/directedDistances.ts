/**
 * What the metrics of surface distances share: sums over directed distances, and what empty masks are worth.
 *
 * The same name means different things in different programs, so each metric says which distances it takes and what it
 * equals: Hausdorff distance and HD95 (hausdorff.ts), normalised surface Dice (nsd.ts), average surface distances
 * (assd.ts). The distances come from surfaceDistances.ts.
 *
 * Both masks empty: distances are 0 and shares 1, for nothing could be better. Only one empty: Infinity and 0, for
 * nothing could be worse.
 */
import type { DirectedDistances, SurfaceDistances } from './surfaceDistances.ts';

/** Size of the whole surface. */
export function totalSize({ sizes }: DirectedDistances): number {
  let sum = 0;
  for (let i = 0; i < sizes.length; i++) sum += sizes[i];
  return sum;
}

/** How much of the surface lies within a distance. */
export function sizeWithin({ mm, sizes }: DirectedDistances, distanceMm: number): number {
  let sum = 0;
  for (let i = 0; i < mm.length; i++) if (mm[i] <= distanceMm) sum += sizes[i];
  return sum;
}

/** Runs `measure` where both masks have a surface; else 0 mm for two empty masks and Infinity for one. */
export function whereBoth(
  { toReference, toPrediction }: SurfaceDistances,
  measure: (directions: readonly [DirectedDistances, DirectedDistances]) => number,
): number {
  const empty = [toReference, toPrediction].filter(({ mm }) => mm.length === 0).length;
  if (empty > 0) return empty === 2 ? 0 : Infinity;
  return measure([toReference, toPrediction]);
}
