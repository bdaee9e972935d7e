import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { extractFeatures } from '../../lib/radiomics/extract.ts';
import { families, standardFamilies } from '../../lib/radiomics/names.ts';
import { type RadiomicsChanges, radiomicsSettings } from '../../lib/radiomics/settings.ts';
import type { Vec3, Volume } from '../../lib/volume/volume.ts';
import { volumeOf } from './example.ts';

const shape: Vec3 = [5, 4, 3];
const image = volumeOf(
  Array.from({ length: 60 }, (_, i) => ((i * 37) % 101) - 40),
  shape,
  [1, 2, 3],
);
const mask = volumeOf(
  Array.from({ length: 60 }, (_, i) => Number(i % 5 > 0 && i % 7 > 0)),
  shape,
  [1, 2, 3],
);
const extract = (changes: RadiomicsChanges = {}, ofMask: Volume = mask) =>
  extractFeatures(image, ofMask, radiomicsSettings(changes));

describe('features of a case', () => {
  it('carry image, family and name, family by family as asked', () => {
    const { features, voxels } = extract();
    expect(voxels).toBe(mask.data.filter((value) => value === 1).length);
    expect([...new Set(Object.keys(features).map((key) => key.split('_')[1]))]).toEqual([...standardFamilies]);
    expect(Object.keys(extract({ families: ['ngtdm', 'shape'] }).features)[0]).toBe('original_shape_MeshVolume');
    expect(Object.keys(extract({ families: ['firstorder'], extras: true }).features)).toContain(
      'original_firstorder_ExcessKurtosis',
    );
  });

  it('are taken from images that others make, when these lie in the box', () => {
    const settings = radiomicsSettings({ families: ['firstorder'] });
    const make = (name: string, of: Vec3) =>
      extractFeatures(image, mask, settings, () => [
        { name, volume: volumeOf(new Array(of[0] * of[1] * of[2]).fill(5), of) },
      ]);
    expect(make('mine', [4, 4, 3]).features.mine_firstorder_Mean).toBe(5);
    expect(() => make('mine', [5, 4, 3])).toThrow('Expected the image mine of shape 4×4×3, found 5×4×3');
  });

  it('that do not exist for a ROI are NaN, none is left out', () => {
    const scattered = volumeOf(
      Array.from({ length: 60 }, (_, i) => Number(i === 0 || i === 59)),
      shape,
      [1, 2, 3],
    );
    const { features, warnings } = extract({}, scattered);
    expect(features.original_glcm_Contrast).toBeNaN();
    expect(Object.keys(features).length).toBe(107);
    expect(warnings).toEqual(['original_glcm has no values: no two voxels of the ROI are neighbours at distance 1']);
  });

  it('may be single ones, of families in the order in which these are named', () => {
    const keys = (features: string[], more: RadiomicsChanges = {}) =>
      Object.keys(extract({ features, ...more }).features);
    expect(keys(['glcm_Idm', 'shape_Flatness', 'glcm_Contrast', 'firstorder_StandardDeviation'])).toEqual([
      'original_shape_Flatness',
      'original_glcm_Contrast',
      'original_glcm_Idm',
      'original_firstorder_StandardDeviation',
    ]);
    expect(keys(['ngtdm', 'glcm_MCC'])).toEqual([...keys([], { features: ['ngtdm'] }), 'original_glcm_MCC']);
    expect(extract({ features: ['glcm_Contrast'] }).features.original_glcm_Contrast).toBe(
      extract().features.original_glcm_Contrast,
    );
  });

  it('take settings of their own for one kind of image', () => {
    const features = ['glcm_Contrast'];
    const plain = extract({ features, transforms: ['gradient'], binWidth: 5 }).features;
    const own = extract({ features, transforms: ['gradient'], perImage: { gradient: { binWidth: 5 } } }).features;
    expect(own.gradient_glcm_Contrast).toBe(plain.gradient_glcm_Contrast);
    expect(own.original_glcm_Contrast).toBe(extract({ features }).features.original_glcm_Contrast);
    const far = extract({ features, perImage: { original: { distances: [2] } } }).features;
    expect(far.original_glcm_Contrast).toBe(extract({ features, distances: [2] }).features.original_glcm_Contrast);
  });

  it('are taken with a mask on another grid when it may be corrected and lies inside the image', () => {
    const steps = [1, 0, 0, 0, 0, 4, 0, 1, 0, 0, 3, 0, 0, 0, 0, 1];
    const coarse = { ...volumeOf([0, 1, 0, 1, 0, 1, 0, 1], [2, 2, 2], [1, 4, 3]), affine: steps };
    expect(() => extract({}, coarse)).toThrow('Expected image and mask on the same grid');
    const { voxels, shape: grid } = extract({ correctMask: true, families: ['firstorder'] }, coarse);
    // x is 1; y is 0 to 3 (two voxels of 4 mm from −1 to 7 mm, which are the image's faces); z is 0 and 1.
    expect([voxels, grid]).toEqual([8, [5, 4, 3]]);
    const outside = { ...coarse, affine: steps.with(3, 9) };
    expect(() => extract({ correctMask: true }, outside)).toThrow(
      'Expected a ROI inside of the image of 5×4×3 voxels, found one from voxel (9.5, -0.5, -0.5) to (10.5, 3.5, 1.5)',
    );
    expect(() => extract({ correctMask: true, label: 2 }, coarse)).toThrow(
      'Expected label 2 in the mask, found only 1',
    );
  });

  it('of first order alone need no matrix, so that any number of grey levels will do', () => {
    expect(extract({ families: ['firstorder'], binWidth: 0.01 }).features.original_firstorder_Entropy).toBeGreaterThan(
      4,
    );
    expect(() => extract({ binWidth: 0.01 })).toThrow('Expected at most 4096 grey levels');
  });

  it('are refused for values that are not finite, saying where these are', () => {
    const withValue = (at: number, value: number): Volume => {
      const data = Float64Array.from(image.data);
      data[at] = value;
      return { ...image, data };
    };
    const take = (source: Volume, changes: RadiomicsChanges) => () =>
      extractFeatures(source, mask, radiomicsSettings({ families: ['firstorder'], ...changes }));
    // Voxel 0 lies outside of the ROI, voxel 1 in it.
    const [outside, inside] = [withValue(0, NaN), withValue(1, NaN)];
    const there = (maker: string) =>
      `Expected finite grey values outside of the ROI too, which ${maker} takes in, ` +
      'found 1 NaN and 0 infinite ones there';
    expect(take(outside, {})).not.toThrow();
    expect(take(outside, { original: false, waveletLevels: 1 })).toThrow(there('wavelet-LLH'));
    expect(take(outside, { resampledSpacingMm: [0.5, 1, 1] })).toThrow(there('resampling'));
    for (const changes of [{}, { waveletLevels: 1 }, { resampledSpacingMm: [2, 2, 2] }, { families: ['morphology'] }])
      expect(take(inside, changes as RadiomicsChanges)).toThrow(
        'Expected finite grey values in the ROI, found NaN or infinite ones',
      );
    const large: Volume = { ...volumeOf(new Array(125).fill(1e300), [5, 5, 5]) };
    const ones = volumeOf(new Array(125).fill(1), [5, 5, 5]);
    expect(() =>
      extractFeatures(large, ones, radiomicsSettings({ original: false, logSigmasMm: [1], families: ['firstorder'] })),
    ).toThrow(
      'Expected grey values of which log-sigma-1-mm-3D makes finite ones, found NaN or infinite ones in the ROI',
    );
  });

  it('of a single slice come with a word on those that are meant for a body', () => {
    const flat: Vec3 = [5, 4, 1];
    const slice = volumeOf(image.data.slice(0, 20), flat);
    const plane = volumeOf(new Array(20).fill(1), flat);
    const warningsOf = (families: RadiomicsChanges['families']) =>
      extractFeatures(slice, plane, radiomicsSettings({ families })).warnings;
    expect(warningsOf(['shape', 'firstorder'])).toEqual([
      "original_shape describes a plate of one voxel's thickness, as the image is a single slice; " +
        'shape2D has the features of a plane',
    ]);
    expect(warningsOf(['shape2D', 'glcm'])).toEqual([]);
  });

  it('see the resegmented ROI, but for shape unless that is asked for', () => {
    const cut = extract({ resegmentRange: [0, 60] });
    const whole = extract();
    expect(cut.voxels).toBeLessThan(whole.voxels);
    expect(cut.features.original_firstorder_Minimum).toBeGreaterThanOrEqual(0);
    expect(cut.features.original_shape_VoxelVolume).toBe(whole.features.original_shape_VoxelVolume);
    expect(extract({ resegmentRange: [0, 60], resegmentShape: true }).features.original_shape_VoxelVolume).toBe(
      6 * cut.voxels,
    );
    expect(() => extract({ resegmentRange: [5000] })).toThrow(
      'Expected voxels in the ROI after resegmentation, found none',
    );
  });

  it('are refused when resampling leaves nothing of the ROI, saying to which spacing', () => {
    const corner = volumeOf(
      Array.from({ length: 60 }, (_, i) => Number([0, 1, 5, 20].includes(i))),
      shape,
      [1, 2, 3],
    );
    expect(() => extract({ resampledSpacingMm: [100, 100, 0] }, corner)).toThrow(
      'Expected voxels in the ROI after resampling to 100 × 100 × 3 mm, found none',
    );
    const singlePrecision = { ...image, spacingMm: [1, 2, Math.fround(0.9)] as Vec3 };
    const odd = { ...corner, spacingMm: singlePrecision.spacingMm };
    expect(() =>
      extractFeatures(singlePrecision, odd, radiomicsSettings({ resampledSpacingMm: [100, 100, 0] })),
    ).toThrow('Expected voxels in the ROI after resampling to 100 × 100 × 0.9 mm, found none');
  });

  it('do not depend on where in the image the ROI lies', () => {
    fc.assert(
      fc.property(fc.tuple(...[1, 2, 3].map(() => fc.integer({ min: 0, max: 3 }))), ([dx, dy, dz]) => {
        const larger: Vec3 = [9, 8, 7];
        const move = (volume: Volume): Volume => {
          const moved = volumeOf(new Array(9 * 8 * 7).fill(0), larger, [1, 2, 3]);
          for (let i = 0; i < 60; i++)
            moved.data[(i % 5) + dx! + 9 * ((Math.floor(i / 5) % 4) + dy! + 8 * (Math.floor(i / 20) + dz!))] =
              volume.data[i]!;
          return moved;
        };
        const settings = radiomicsSettings({ families: families.filter((family) => family !== 'shape2D') });
        const [there, here] = [
          extractFeatures(move(image), move(mask), settings),
          extractFeatures(image, mask, settings),
        ];
        for (const [name, value] of Object.entries(here.features))
          expect([name, there.features[name]]).toEqual([name, expect.closeTo(value, 8)]);
      }),
      { numRuns: 15 },
    );
  });
});
