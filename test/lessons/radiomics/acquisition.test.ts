import { describe, expect, it } from 'vitest';
import { Random } from '../../../lib/random.ts';
import type { Volume } from '../../../lib/volume/volume.ts';
import { acquisitionFeatures, imageNoiseHu } from '../../../notebooks/lessons/radiomics/acquisition.ts';

const random = Random.stream(1, 'noise');
/** Smooth tissue with an air half, and noise of a known SD. */
const scan = (noiseHu: number): Volume => ({
  data: Float32Array.from(
    { length: 40 * 40 * 10 },
    (_, i) => (i % 40 < 20 ? 40 + 0.2 * (i % 40) : -1000) + random.normal(0, noiseHu),
  ),
  shape: [40, 40, 10],
  spacingMm: [0.7, 0.8, 3],
  affine: [-0.7, 0, 0, 0, 0, -0.8, 0, 0, 0, 0, 3, 0, 0, 0, 0, 1],
});

describe('features of the acquisition', () => {
  it('find the noise that was put in', () => {
    for (const noise of [5, 15]) expect(Math.abs(imageNoiseHu(scan(noise)) / noise - 1)).toBeLessThan(0.06);
    expect(imageNoiseHu({ ...scan(5), data: new Float32Array(16000).fill(-1000) })).toBeNaN();
  });

  it('name spacing in the plane and across, in the canonical frame', () => {
    const features = acquisitionFeatures(scan(5));
    expect(features.acquisition_PixelSpacingMm).toBeCloseTo(0.7, 12);
    expect(features.acquisition_SliceSpacingMm).toBe(3);
  });
});
