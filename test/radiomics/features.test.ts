/** Which families are made, and of which levels. */
import { describe, expect, it } from 'vitest';
import { imageFeatures, levelsIn, maskFeatures } from '../../lib/radiomics/features.ts';
import { firstOrderFeatures } from '../../lib/radiomics/firstOrder.ts';
import { morphologyFeatures } from '../../lib/radiomics/morphology.ts';
import { type Family, families, featureNames, shapeFamilies } from '../../lib/radiomics/names.ts';
import { radiomicsSettings } from '../../lib/radiomics/settings.ts';
import { shape2dFeatures } from '../../lib/radiomics/shape2d.ts';
import { shape3dFeatures } from '../../lib/radiomics/shape3d.ts';
import { roiOf } from './example.ts';

const roi = roiOf([1, 1, 1, 1, 1, 1], [2, 3, 1]);
const values = Float64Array.of(0, 30, 60, 60, 90, 0);

describe('levelsIn', () => {
  const levels = (changes: object): number[] => [...levelsIn(values, radiomicsSettings(changes))];

  it('bins from the multiple of the width below the smallest value, or by IBSI from that value', () => {
    const shifted = values.map((v) => v + 10); // 10, 40, 70, 70, 100, 10
    const of = (changes: object): number[] => [...levelsIn(shifted, radiomicsSettings(changes))];
    expect(of({ binWidth: 25 })).toEqual([1, 2, 3, 3, 5, 1]); // bins begin at 0, 25, 50, 75, 100
    expect(of({ binWidth: 25, binRule: 'ibsi' })).toEqual([1, 2, 3, 3, 4, 1]); // at 10, 35, 60, 85
  });

  it('begin by IBSI at the lower end of an absolute range, where no origin is given', () => {
    const range = { binWidth: 25, binRule: 'ibsi', resegmentRange: [100, -20] };
    expect(levels(range)).toEqual([1, 3, 4, 4, 5, 1]); // at −20, 5, 30, 55, 80
    expect(levels({ ...range, resegmentMode: 'sigma' })).toEqual([1, 2, 3, 3, 4, 1]); // of the smallest value, 0
    expect(levels({ ...range, binOrigin: -25 })).toEqual([2, 3, 4, 4, 5, 2]);
  });
});

describe('maskFeatures', () => {
  it('are those of the family, in the slices of the axis that is set', () => {
    const settings = radiomicsSettings({ sliceAxis: 'z' });
    expect(maskFeatures('shape', roi, values, settings)).toEqual(shape3dFeatures(roi));
    expect(maskFeatures('shape2D', roi, values, settings)).toEqual(shape2dFeatures(roi, 'z'));
    expect(maskFeatures('morphology', roi, values, settings)).toEqual(morphologyFeatures(roi, values));
    expect(() => maskFeatures('shape2D', roi, values, radiomicsSettings({ sliceAxis: 'x' }))).toThrow(
      'one slice across x',
    );
  });
});

describe('imageFeatures', () => {
  it('are made of the families that are asked for, in that order', () => {
    const found = imageFeatures(['ngtdm', 'firstorder'], roi, values, radiomicsSettings());
    expect(Object.keys(found)).toEqual(['ngtdm', 'firstorder']);
    const levelOf = levelsIn(values, radiomicsSettings());
    expect(found.firstorder).toEqual(firstOrderFeatures(values, levelOf, roi.spacingMm));
    expect(imageFeatures([], roi, values, radiomicsSettings())).toEqual({});
  });

  it('hold every feature that the table of names has', () => {
    const grey = families.filter((family) => !shapeFamilies.includes(family));
    const found = imageFeatures(grey, roi, values, radiomicsSettings());
    const mask = shapeFamilies.map((family) => [family, maskFeatures(family, roi, values, radiomicsSettings())]);
    const all = { ...found, ...Object.fromEntries(mask) } as Record<Family, Record<string, number>>;
    for (const { family, name } of featureNames) expect(Object.keys(all[family]), family).toContain(name);
  });
});
