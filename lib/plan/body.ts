/** How large the body is in a slice of CT. */

import { largestComponent } from '../volume/components.ts';
import { boundingBox } from '../volume/foreground.ts';

/** Between air (−1000 HU) or foam and fat (−100 HU). */
const bodyFromHu = -300;

/**
 * Height and width in pixels of the largest connected region of a slice (H, W) in HU that is denser than air; the table
 * under the patient is another region. Undefined where all is air.
 */
export function bodySize(hu: ArrayLike<number>, height: number, width: number): readonly [number, number] | undefined {
  const dense = Uint8Array.from(hu, (value) => (value > bodyFromHu ? 1 : 0));
  const box = boundingBox(largestComponent(dense, [width, height, 1], 6), [width, height, 1]);
  return box && [box.shape[1], box.shape[0]];
}
