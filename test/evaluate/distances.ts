/** Surface distances by hand, for tests of their metrics. */
import type { SurfaceDistances } from '../../lib/evaluate/surfaceDistances.ts';

/** From the prediction three places of size 1 at 1, 2 and 3 mm; from the reference 98 at 0 and 2 at 10 mm. */
export const byHand: SurfaceDistances = {
  toReference: { mm: Float64Array.of(3, 1, 2), sizes: Float64Array.of(1, 1, 1) },
  toPrediction: { mm: Float64Array.of(0, 10), sizes: Float64Array.of(98, 2) },
};
const none = { mm: new Float64Array(), sizes: new Float64Array() };
export const bothEmpty: SurfaceDistances = { toReference: none, toPrediction: none };
/** The prediction is empty, or the reference. */
export const oneEmpty: readonly SurfaceDistances[] = [
  { ...byHand, toReference: none },
  { ...byHand, toPrediction: none },
];
