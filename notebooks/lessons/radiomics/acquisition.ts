/**
 * What a scan itself looks like, whoever lies in it: features of the acquisition, to
 * be tested beside those of the organ.
 */

import { toCanonical } from 'axunet/volume/orientation';
import type { Volume } from 'axunet/volume/volume';
import { medianSorted } from 'simple-statistics';

/** Names of the acquisition's columns in a feature table. */
export const acquisitionNames = [
  'acquisition_PixelSpacingMm',
  'acquisition_SliceSpacingMm',
  'acquisition_NoiseHu',
] as const;

/** Soft tissue: where noise is measured. */
const tissueHu = [-20, 160] as const;

/** About so many voxels, evenly spread, are looked at: a median needs no more. */
const enoughVoxels = 200_000;

/** For a normal variable, SD = 1.4826 · median absolute deviation. */
const madToSd = 1.4826;

/**
 * Noise in HU: the robust spread of differences between neighbours along x in soft tissue, divided by √2. Edges are few
 * among them and hardly move a median; smooth anatomy cancels in the difference. NaN without soft tissue.
 */
export function imageNoiseHu({ data, shape }: Volume): number {
  const [width] = shape;
  const differences: number[] = [];
  const step = Math.max(1, Math.floor(data.length / enoughVoxels));
  for (let i = 1; i < data.length; i += step) {
    const [a, b] = [data[i - 1]!, data[i]!];
    if (i % width !== 0 && a > tissueHu[0] && a < tissueHu[1] && b > tissueHu[0] && b < tissueHu[1])
      differences.push(Math.abs(a - b));
  }
  if (differences.length === 0) return NaN;
  return (madToSd * medianSorted(Float64Array.from(differences).sort() as unknown as number[])) / Math.SQRT2;
}

/** Spacing and noise of a CT volume, under the names of `acquisitionNames`. */
export function acquisitionFeatures(source: Volume): Record<(typeof acquisitionNames)[number], number> {
  const image = toCanonical(source);
  return {
    acquisition_PixelSpacingMm: image.spacingMm[0],
    acquisition_SliceSpacingMm: image.spacingMm[2],
    acquisition_NoiseHu: imageNoiseHu(image),
  };
}
