import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  families,
  featureNames,
  featureOf,
  isStandard,
  resultKey,
  standardFamilies,
} from '../../lib/radiomics/names.ts';
import { type RadiomicsChanges, radiomicsSettings } from '../../lib/radiomics/settings.ts';
import { projectPath } from '../../lib/settings.ts';

describe('radiomics settings', () => {
  it("are PyRadiomics' by default, frozen, and take changes", () => {
    expect(radiomicsSettings()).toMatchObject({
      binWidth: 25,
      binCount: null,
      aggregation: '3d-average',
      minimumRoiDimensions: 2,
    });
    expect(Object.isFrozen(radiomicsSettings())).toBe(true);
    expect(radiomicsSettings({ force2D: true }).aggregation).toBe('2.5d-average');
    expect(radiomicsSettings({ force2D: true, aggregation: '2d-merge' }).aggregation).toBe('2d-merge');
  });

  it.each([
    [{ binwidth: 3 }, 'Expected a radiomics option of label, families'],
    [{ binWidth: 0 }, 'Expected binWidth to be a positive number, found 0'],
    [{ binCount: 2.5 }, 'Expected binCount to be a whole number from 1 to 4096 or null, found 2.5'],
    [{ binCount: 5000 }, 'Expected binCount to be a whole number from 1 to 4096 or null, found 5000'],
    [{ logSigmasMm: ['wide'] }, 'Expected logSigmasMm to be a list of positive numbers, found ["wide"]'],
    [{ logSigmasMm: ['0.0'] }, 'Expected logSigmasMm to be a list of positive numbers, found ["0.0"]'],
    [{ label: 0 }, 'Expected label to be a positive number, found 0'],
    [{ label: -1 }, 'Expected label to be a positive number, found -1'],
    [{ label: NaN }, 'Expected label to be a positive number, found NaN'],
    [{ families: ['glcm', 'gldzm'] }, 'Expected families to be a list of shape, shape2D'],
    [{ resegmentRange: [] }, 'Expected resegmentRange to be one or two numbers or null, found []'],
    [
      { resampledSpacingMm: [1, 1] },
      'Expected resampledSpacingMm to be three numbers of 0 or more or null, found [1,1]',
    ],
    [{ aggregation: '4d' }, 'Expected aggregation to be one of 3d-average, 3d-merge'],
    [
      { weightingNorm: 'euclidean' },
      'Expected an aggregation that merges directions with a weightingNorm, found 3d-av',
    ],
    [{ weightingNorm: 'chessboard' }, 'Expected weightingNorm to be one of euclidean, manhattan, infinity'],
    [{ force2D: true, aggregation: '3d-merge' }, 'Expected a 2-D or 2.5-D aggregation with force2D, found 3d-merge'],
    [
      { original: false },
      'Expected an image to take features from, found original false without logSigmasMm, waveletLevels and transforms',
    ],
  ])('refuse %j', (changes, sentence) => {
    expect(() => radiomicsSettings(changes as RadiomicsChanges)).toThrow(sentence);
  });
});

describe('the table of names', () => {
  it('has each feature once, with an IBSI code wherever it has an IBSI name', () => {
    const keys = featureNames.map(({ family, name }) => `${family} ${name}`);
    expect(new Set(keys).size).toBe(keys.length);
    for (const { ibsi, ibsiTag, ibsiCode } of featureNames) {
      expect([ibsi === undefined, ibsiTag === undefined]).toEqual([ibsiCode === undefined, ibsiCode === undefined]);
      if (ibsiCode) expect(ibsiCode).toMatch(/^[A-Z0-9]{4}$/);
    }
  });

  it('gives a code to one feature, but for entropy and uniformity, which two families have', () => {
    const codes = featureNames.flatMap(({ ibsiCode }) => (ibsiCode ? [ibsiCode] : []));
    expect(codes.filter((code, at) => codes.indexOf(code) !== at).sort()).toEqual(['BJ5W', 'TLU2']);
  });

  it('counts 107 features of PyRadiomics in its seven families', () => {
    const count = (family: string): number =>
      featureNames.filter((feature) => feature.family === family && isStandard(feature)).length;
    expect(standardFamilies.map(count)).toEqual([14, 18, 24, 16, 16, 14, 5]);
    expect(families.length).toBe(10);
  });

  it('finds a feature by its key in a result', () => {
    expect(featureOf(resultKey('wavelet-LLH', 'glcm', 'Contrast'))).toMatchObject({
      ibsiCode: 'ACUI',
      pyradiomics: 'Contrast',
    });
    expect(featureOf('original_firstorder_10Percentile').ibsiCode).toBe('QG58');
    expect(() => featureOf('original_glcm_Contrst')).toThrow(
      'Expected a feature such as original_glcm_Contrast, found "original_glcm_Contrst"',
    );
  });
});

it('docs/radiomics.md lists every setting', () => {
  const text = readFileSync(projectPath('docs/radiomics.md'), 'utf8');
  for (const key of Object.keys(radiomicsSettings())) expect(text).toContain(`\`${key}\``);
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
