import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readRadiomicsSettings, settingAsWritten } from '../../lib/radiomics/readSettings.ts';
import { pyradiomicsSettings, type RadiomicsChanges, radiomicsSettings } from '../../lib/radiomics/settings.ts';

let folder: string;
let file: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-radiomics-'));
  file = path.join(folder, 'Params.yaml');
});
afterAll(() => rmSync(folder, { recursive: true }));

async function read(text: string, more?: RadiomicsChanges) {
  writeFileSync(file, text);
  return readRadiomicsSettings(file, more);
}

describe('settings from a file', () => {
  it('may be ours, in JSON or YAML, with a BOM; what is given besides goes before them', async () => {
    expect(await read('{"binWidth": 10}', { label: 7 })).toMatchObject({ binWidth: 10, label: 7 });
    expect(await read('\ufeff# ours\nbinWidth: 10\nfamilies: [glcm]\n')).toMatchObject({
      binWidth: 10,
      families: ['glcm'],
    });
    expect(await read('features: [glcm_Contrast]', { families: ['ngtdm'] })).toMatchObject({
      features: null,
      families: ['ngtdm'],
    });
  });

  it('keep how a sigma is written, because it names an image', async () => {
    const ours = await read('logSigmasMm: [2, 2.0, 1.5, 3e0]');
    expect(ours.logSigmasMm).toEqual([2, '2.0', '1.5', '3e0']);
    expect((await read('{"imageType": {"LoG": {"sigma": [2, 2.0]}}}')).logSigmasMm).toEqual([2, '2.0']);
    expect(settingAsWritten('logSigmasMm', '[1, 2.0]')).toEqual([1, '2.0']);
    expect(settingAsWritten('binWidth', '25.0')).toBe(25);
    expect(['ibsi', '[1,', 'a: b'].map((text) => settingAsWritten('binRule', text))).toEqual(['ibsi', '[1,', 'a: b']);
  });

  it.each([
    ['[1]', 'Expected an object of radiomics options, found [1]'],
    ['', 'Expected an object of radiomics options, found null'],
    ['a: [1', 'Expected radiomics options in YAML or JSON, found '],
    ['binWidth: 1\nbinWidth: 2', 'Expected radiomics options in YAML or JSON, found Map keys must be unique'],
    ['binWidth: "ten"', 'Expected binWidth to be a positive number, found "ten"'],
    ['binwidth: 3', 'Expected a radiomics option of label, families'],
  ])('are refused naming the file: %j', async (text, sentence) => {
    await expect(read(text)).rejects.toThrow(sentence);
    await expect(read(text)).rejects.toThrow(`in ${file}`);
  });

  it('are missed by the name of the file', async () => {
    const gone = path.join(folder, 'gone.yaml');
    await expect(readRadiomicsSettings(gone)).rejects.toThrow(gone);
  });
});

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
    [
      'setting: {weightingNorm: euclidean}',
      'Expected the setting weightingNorm to be "no_weighting" or null',
      'euclidean',
    ],
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

it.each([
  [{ families: ['glcm'], features: ['glcm_Contrast'] }, 'Expected either families or features, found both'],
  [{ features: ['glcm_Contrst'] }, 'Expected features to be a list of features such as glcm_Contrast and of families'],
  [{ features: [] }, 'Expected features to be a list'],
  [{ wavelet: 'db99' }, 'Expected wavelet to be one of haar, db1, db2'],
  [{ transforms: ['cube'] }, 'Expected transforms to be a list of square, squareroot'],
  [{ perImage: { wave: {} } }, 'Expected a kind of image of perImage.original, perImage.log'],
  [{ perImage: { log: 5 } }, 'Expected perImage.log to be settings, found 5'],
  [{ perImage: { log: { label: 2 } } }, 'Expected a setting for one kind of image of perImage.log.binWidth'],
  [{ perImage: { log: { binWidth: -1 } } }, 'Expected perImage.log.binWidth to be a positive number, found -1'],
  [{ lbp2dSamples: 31 }, 'Expected lbp2dSamples to be a whole number from 1 to 30, found 31'],
])('settings of images and features refuse %j', (changes, sentence) => {
  expect(() => radiomicsSettings(changes as unknown as RadiomicsChanges)).toThrow(sentence);
});
