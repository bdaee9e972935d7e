/** Grey values of a whole image brought to a common mean and spread, as PyRadiomics' `normalize`. */
import { expected } from '../errors.ts';
import { summariseValues } from '../volume/values.ts';
import type { Volume } from '../volume/volume.ts';

/**
 * (x − mean) / SD · scale over all voxels, SD with divisor n − 1; before scaling, values
 * beyond ± `outlierLimit` become that limit. An image of equal values becomes 0. Throws a UserError when a
 * value, inside of the ROI or outside, is not finite.
 */
export function normaliseImage(image: Volume, scale: number, outlierLimit: number | null): Volume<Float64Array> {
  const { mean, std, count, min, max, nan, infinite } = summariseValues(image.data);
  if (nan + infinite > 0)
    throw expected(
      'finite grey values in the whole image, of which "normalise" takes mean and spread',
      `${nan} NaN and ${infinite} infinite ones`,
    );
  const sd = std * Math.sqrt(count / Math.max(1, count - 1));
  const limit = outlierLimit ?? Infinity;
  const data = new Float64Array(image.data.length);
  // equal values have a rounded mean and so an SD above 0
  if (min < max && sd > 0) {
    for (let i = 0; i < data.length; i++)
      data[i] = Math.min(limit, Math.max(-limit, (image.data[i]! - mean) / sd)) * scale;
  }
  return { ...image, data };
}
