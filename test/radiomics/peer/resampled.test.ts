import { describe, expect, it } from 'vitest';
import { resampleForRadiomics } from '../../../lib/radiomics/resample.ts';
import { findLabel } from '../../../lib/radiomics/roi.ts';
import { radiomicsSettings } from '../../../lib/radiomics/settings.ts';
import { settingsFromPyRadiomics } from '../pyradiomicsCases.ts';
import { digestOf, type ResampledCase, resampledCases, scanOf } from './peer.ts';

function resampled({ shape, affine, dtype, spacing, interpolator }: ResampledCase) {
  const { image, mask } = scanOf([shape, affine, dtype]);
  const changes = settingsFromPyRadiomics({ resampledPixelSpacing: spacing, interpolator });
  return resampleForRadiomics(image, mask, findLabel(mask, 1)!, radiomicsSettings(changes));
}

describe("image and mask on another grid are PyRadiomics' (SimpleITK 2.5.7), all voxels and all bits", () => {
  const cases = resampledCases();
  const grids = new Map(cases.map((one) => [`${one.dtype} ${one.shape.join('×')} ${JSON.stringify(one.affine)}`, one]));
  it.each([...grids])('%s', (_, { shape, affine, dtype }) => {
    const same = (one: ResampledCase) => JSON.stringify([one.shape, one.affine, one.dtype]);
    const mine = cases.filter((one) => same(one) === JSON.stringify([shape, affine, dtype]));
    expect(mine.length).toBeGreaterThan(18);
    for (const one of mine) {
      const { image, mask } = resampled(one);
      const { spacing, interpolator, size } = one;
      expect([spacing, interpolator, image.shape, digestOf(image.data), digestOf(mask.data)]).toEqual([
        spacing,
        interpolator,
        size,
        one.image,
        one.mask,
      ]);
    }
  });
});
