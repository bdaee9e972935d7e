/** The images that features are taken from. */
import { describe, expect, it } from 'vitest';
import { laplacianOfGaussian } from '../../lib/radiomics/filters/laplacianOfGaussian.ts';
import { checkInBox, derivedImages } from '../../lib/radiomics/images.ts';
import { type RadiomicsChanges, radiomicsSettings } from '../../lib/radiomics/settings.ts';
import { volumeOf } from './example.ts';

const image = volumeOf(
  Array.from({ length: 8 * 7 * 6 }, (_, i) => (i * 37) % 101),
  [8, 7, 6],
);
const box = { start: [2, 1, 0], shape: [3, 4, 5] } as const;
const wanted = { box, inRoi: Int32Array.of(0, 59) };
const made = (changes: RadiomicsChanges) => [...derivedImages(image, wanted, radiomicsSettings(changes))];

describe('derivedImages', () => {
  it('are the original alone, cut to the box, unless filters are asked for', () => {
    const [{ name, volume }, ...more] = made({});
    expect([name, volume.shape, more]).toEqual(['original', [3, 4, 5], []]);
    expect(volume.data[0]).toBe(image.data[2 + 8 * 1]);
  });
  it('come in the order original, LoG by sigma, wavelet, transforms, each with its kind', () => {
    const images = made({ logSigmasMm: [3, '1.0'], waveletLevels: 1, transforms: ['lbp-3D', 'square'] });
    const names = images.map(({ name }) => name);
    expect(names.slice(0, 4)).toEqual(['original', 'log-sigma-3-mm-3D', 'log-sigma-1-0-mm-3D', 'wavelet-LLH']);
    expect(names.slice(11)).toEqual(['lbp-3D-m1', 'lbp-3D-m2', 'lbp-3D-k', 'square']);
    expect([...new Set(images.map(({ kind }) => kind))]).toEqual(['original', 'log', 'wavelet', 'lbp-3D', 'square']);
  });
  it('may leave voxels outside of the ROI alone', () => {
    const { data } = made({ original: false, transforms: ['lbp-3D'] })[0]!.volume;
    expect(data.filter((value) => value !== 0).length).toBeLessThanOrEqual(2);
  });
  it('leave out the original, and the axis across the slices of a wavelet in 2-D', () => {
    const names = made({ original: false, waveletLevels: 1, force2D: true, sliceAxis: 'z' }).map(({ name }) => name);
    expect(names).toEqual(['wavelet-LH', 'wavelet-HL', 'wavelet-HH', 'wavelet-LL']);
  });
  it('are filtered of the whole image, not of the box', () => {
    const [, { volume }] = made({ logSigmasMm: [2] });
    const whole = laplacianOfGaussian(image, 2);
    expect(volume.data[0]).toBeCloseTo(whole.data[2 + 8 * 1], 5);
  });
  it('are made one after another, when asked for', () => {
    const images = derivedImages(image, wanted, radiomicsSettings({ logSigmasMm: ['1.0'] }));
    expect(images.next().value!.name).toBe('original');
    expect(images.next().value!.name).toBe('log-sigma-1-0-mm-3D');
    expect(images.next().done).toBe(true);
  });
});

describe('checkInBox', () => {
  it('refuses an image of another shape by its name', () => {
    expect(() => checkInBox({ name: 'mine', volume: image }, box)).toThrow(
      'Expected the image mine of shape 3×4×5, found 8×7×6',
    );
    expect(() => checkInBox({ name: 'mine', volume: image }, { start: [0, 0, 0], shape: [8, 7, 6] })).not.toThrow();
  });
});
