import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readRadiomicsSettings } from '../../lib/radiomics/readSettings.ts';
import { pyradiomicsSettings } from '../../lib/radiomics/settings.ts';

let folder: string;
let file: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-radiomics-'));
  file = path.join(folder, 'Params.yaml');
});
afterAll(() => rmSync(folder, { recursive: true }));

async function read(text: string) {
  writeFileSync(file, text);
  return readRadiomicsSettings(file);
}

describe('a parameter file of PyRadiomics', () => {
  it('is understood with all its sections', async () => {
    const found = await read(`
      imageType:
        Original: {}
        LoG: {sigma: [1.0, 3], binWidth: 5}
        Wavelet: {wavelet: db2, start_level: 1}
        LBP2D: {}
      featureClass:
        shape:
        glcm: [Contrast, Idm]
        firstorder: []
      setting:
        binCount: 32
        label: 3
        interpolator: sitkLinear
        resampledPixelSpacing: [1, 1, 0]
        padDistance: 10
        preCrop: true
        force2D: true
        force2Ddimension: 2
        normalize: true
        removeOutliers: 3
        minimumROISize: 50
        gldm_a: 1
        voxelArrayShift: 300
        weightingNorm: no_weighting
        lbp2DRadius: 2
        additionalInfo: false
        geometryTolerance: 0.001
    `);
    expect(found).toEqual({
      ...pyradiomicsSettings,
      features: ['shape', 'glcm_Contrast', 'glcm_Idm', 'firstorder'],
      logSigmasMm: ['1.0', 3],
      waveletLevels: 1,
      wavelet: 'db2',
      waveletStartLevel: 1,
      transforms: ['lbp-2D'],
      perImage: { log: { binWidth: 5 } },
      lbp2dRadius: 2,
      binCount: 32,
      label: 3,
      interpolation: 'linear',
      resampledSpacingMm: [1, 1, 0],
      filterMargin: 10,
      cropFirst: true,
      force2D: true,
      sliceAxis: 'x',
      aggregation: '2.5d-merge',
      normalise: true,
      outlierLimit: 3,
      minimumRoiVoxels: 50,
      gldmAlpha: 1,
      energyShift: 300,
    });
  });

  it('without sections but one leaves the rest at the defaults', async () => {
    expect(await read('setting:\n')).toEqual(pyradiomicsSettings);
    expect(await read('featureClass: {ngtdm: }')).toEqual({ ...pyradiomicsSettings, families: ['ngtdm'] });
    expect((await read('imageType: {Square: {}}')).original).toBe(false);
  });

  it.each([
    ['setting: {binWidht: 5}', 'Expected in the section setting only binWidth, binCount', 'found binWidht'],
    ['settings: {}\nsetting: {}', 'Expected in the section parameters only imageType', 'found settings'],
    ['setting: [1]', 'Expected the section setting to be a table of names', 'found [1]'],
    ['imageType: {Laws: {}, LoG: {}}', 'Expected in the section imageType only Original, LoG', 'found Laws'],
    ['imageType: {LoG: {level: 2}}', 'Expected in the section imageType.LoG only sigma, binWidth', 'found level'],
    ['imageType: {LoG: {}}', 'Expected an image to take features from', 'found original false'],
    ['imageType: {Wavelet: {wavelet: coif9}}', 'Expected wavelet to be one of haar, db1', 'found "coif9"'],
    ['featureClass: {glcm: [Contrst]}', 'Expected in featureClass.glcm a list out of Autocorrelation', '"Contrst"'],
    ['featureClass: {gldzm: }', 'Expected in the section featureClass only shape', 'found gldzm'],
    ['setting: {weightingNorm: chessboard}', 'weightingNorm to be one of null, no_weighting, euclid', 'chessboard'],
    ['setting: {symmetricalGLCM: false}', 'Expected the setting symmetricalGLCM to be true', 'found false'],
    ['setting: {label_channel: 1}', 'Expected the setting label_channel to be 0', 'found 1'],
    ['setting: {interpolator: sitkLanczosWindowedSinc}', 'Expected the setting interpolator to be one of', 'Lanczos'],
    ['featureClass: {shape: [Compactness1]}', 'Expected in featureClass.shape a list out of', '"Compactness1"'],
    ['imageType: {LBP2D: {lbp2DMethod: nri}}', 'Expected lbp2dMethod to be one of uniform, default, ror, var', '"nri"'],
    [
      'setting: {interpolator: sitkGaussian}',
      'Expected the setting interpolator to be one of sitkNearest',
      'sitkGaussian',
    ],
    ['setting: {label: 0}', 'Expected label to be a positive number', 'found 0'],
    ['voxelSetting: {kernelRadius: 2}', 'Expected no section voxelSetting', 'found one'],
  ])('is refused by name: %s', async (text, wanted, found) => {
    await expect(read(text)).rejects.toThrow(wanted);
    await expect(read(text)).rejects.toThrow(found);
  });
});
