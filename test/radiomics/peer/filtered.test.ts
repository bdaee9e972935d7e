import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { binaryPattern2d } from '../../../lib/radiomics/filters/binaryPattern2d.ts';
import { binaryPatterns3d } from '../../../lib/radiomics/filters/binaryPattern3d.ts';
import { waveletNames } from '../../../lib/radiomics/filters/filterPair.ts';
import { gradientMagnitude } from '../../../lib/radiomics/filters/gradient.ts';
import { type IntensityImage, intensityImage } from '../../../lib/radiomics/filters/intensity.ts';
import { waveletTransform } from '../../../lib/radiomics/filters/wavelet.ts';
import type { Vec3, Volume } from '../../../lib/volume/volume.ts';
import { digestOf, type ScanOf, scanOf, straight } from './peer.ts';

interface FilteredImage {
  readonly scan: ScanOf;
  readonly kind: string;
  readonly options: Record<string, any>;
  readonly name: string;
  /** Every k-th voxel of the ROI, such that there are a dozen. */
  readonly values: number[];
}
const { wavelets, images }: { wavelets: Record<string, string>[]; images: FilteredImage[] } = JSON.parse(
  readFileSync(new URL('filtered.json', import.meta.url), 'utf8'),
);

function bandsOf(name: string, shape: Vec3, dtype: string): string {
  const { image } = scanOf([shape, straight, dtype]);
  return digestOf([...waveletTransform(image, { wavelet: name })].flatMap(({ volume }) => [...volume.data]));
}

describe("all wavelets are PyRadiomics' (PyWavelets), all bands and all bits", () => {
  it('of which there are as many as PyRadiomics names', () => {
    expect(wavelets.map(({ wavelet }) => wavelet).sort()).toEqual([...waveletNames].sort());
  });

  it.each(wavelets)('$wavelet', ({ wavelet, short, long, single }) => {
    expect([
      bandsOf(wavelet!, [7, 6, 5], 'int16'),
      bandsOf(wavelet!, [40, 9, 4], 'int16'),
      bandsOf(wavelet!, [12, 9, 6], 'float32'),
    ]).toEqual([short, long, single]);
  });
});

/** The image that PyRadiomics' function of this kind makes. */
function make({ kind, options, name }: FilteredImage, image: Volume): Volume {
  const box = { start: [0, 0, 0], shape: image.shape } as const;
  if (kind === 'Gradient') return gradientMagnitude(image, box, options.gradientUseSpacing ?? true);
  if (kind === 'LBP2D')
    return binaryPattern2d(image, box, {
      radius: options.lbp2DRadius ?? 1,
      samples: options.lbp2DSamples ?? 8,
      method: options.lbp2DMethod ?? 'uniform',
      sliceAxis: (2 - (options.force2Ddimension ?? 0)) as 0 | 1 | 2,
    });
  if (kind === 'LBP3D')
    return binaryPatterns3d(image, box, {
      levels: options.lbp3DLevels ?? 2,
      radius: options.lbp3DIcosphereRadius ?? 1,
      subdivisions: options.lbp3DIcosphereSubdivision ?? 1,
    }).find((made) => made.name === name)!.volume;
  return intensityImage(image, name as IntensityImage, box);
}

describe("filtered images are PyRadiomics', voxel by voxel", () => {
  it.each(images.map((one) => [`${one.name} ${JSON.stringify(one.options)} of ${one.scan[2]}`, one] as const))(
    '%s',
    (_, one) => {
      const { image, mask } = scanOf(one.scan);
      const { data } = make(one, image);
      const inside = Array.from(data).filter((__, i) => mask.data[i] === 1);
      const step = Math.max(1, Math.floor(inside.length / 12));
      // SciPy takes the kurtosis of a single-precision image in single precision.
      const digits = one.name === 'lbp-3D-k' && one.scan[2] === 'float32' ? 4 : 11;
      const found = inside.filter((__, i) => i % step === 0);
      expect(found.length).toBe(one.values.length);
      for (const [i, value] of one.values.entries()) expect(found[i]).toBeCloseTo(value, digits);
    },
  );
});
