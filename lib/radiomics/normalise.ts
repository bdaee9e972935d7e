/** Grey values of a whole image brought to a common mean and spread, as PyRadiomics' `normalize`. */
import type { Volume } from '../volume/volume.ts';
import { summariseValues } from '../volume/values.ts';

/**
 * (x − mean) / SD · scale over all voxels, SD with divisor n − 1; before scaling, values beyond ± `outlierLimit` become that
 * limit. An image of equal values becomes 0.
 */
export function normaliseImage(image: Volume, scale: number, outlierLimit: number | null): Volume<Float64Array> {
  const { mean, std, count } = summariseValues(image.data);
  const sd = std * Math.sqrt(count / Math.max(1, count - 1));
  const limit = outlierLimit ?? Infinity;
  const data = new Float64Array(image.data.length);
  if (sd > 0) {
    for (let i = 0; i < data.length; i++) data[i] = Math.min(limit, Math.max(-limit, (image.data[i]! - mean) / sd)) * scale;
  }
  return { ...image, data };
}
