/** How noisy a crop is, measured where there is no organ to see: in fat. */

/**
 * Fat, with room for its noise: above the window's lower end, at which grey values are cut off, and below what fluid
 * and soft tissue have.
 */
const fatHu = [-145, -25] as const;

/** Fewer neighbourhoods than these say nothing. */
const leastNeighbourhoods = 12;

/** What 9 voxels of equal, independent variance leave of it when their mean is taken off the middle one. */
const shareLeft = 8 / 9;

/**
 * Noise in HU: the standard deviation of pixels in fat from the plane fitted to their 3 × 3 neighbourhood (at its
 * middle that is the mean), over the neighbourhoods that lie in fat wholly, corrected for what such a mean takes along.
 * Noise that neighbouring pixels share is not seen. Null for a crop with fewer than 12 such neighbourhoods.
 */
export function fatNoiseHu(hu: ArrayLike<number>, width: number, height: number): number | null {
  const isFat = (value: number): boolean => value > fatHu[0] && value < fatHu[1];
  const around = [-width - 1, -width, -width + 1, -1, 0, 1, width - 1, width, width + 1];
  let [count, squares] = [0, 0];
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const at = x + width * y;
      if (!around.every((step) => isFat(hu[at + step]!))) continue;
      const mean = around.reduce((sum, step) => sum + hu[at + step]!, 0) / around.length;
      squares += (hu[at]! - mean) ** 2;
      count++;
    }
  }
  return count < leastNeighbourhoods ? null : Math.sqrt(squares / count / shareLeft);
}
