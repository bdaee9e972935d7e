/** The table of names. */
import { describe, expect, it } from 'vitest';
import {
  families,
  featureNames,
  featureOf,
  isStandard,
  resultKey,
  shapeFamilies,
  standardFamilies,
} from '../../lib/radiomics/names.ts';

describe('the names of features', () => {
  it('are there once in a family, and every family has some', () => {
    const keys = featureNames.map(({ family, name }) => `${family} ${name}`);
    expect(new Set(keys).size).toBe(keys.length);
    expect([...new Set(featureNames.map(({ family }) => family))]).toEqual([...families]);
    for (const family of [...standardFamilies, ...shapeFamilies]) expect(families).toContain(family);
  });

  it('have an IBSI code of four letters or digits wherever they have its name and tag', () => {
    const codes = featureNames.flatMap(({ ibsi, ibsiTag, ibsiCode }) => {
      expect([ibsi !== undefined, ibsiTag !== undefined]).toEqual([ibsiCode !== undefined, ibsiCode !== undefined]);
      return ibsiCode ? [ibsiCode] : [];
    });
    for (const code of codes) expect(code).toMatch(/^[0-9A-Z]{4}$/);
    // A code stands once, but for entropy and uniformity: PyRadiomics has in first-order what IBSI has of the levels.
    expect(codes.filter((code, i) => codes.indexOf(code) !== i)).toEqual(['TLU2', 'BJ5W']);
  });

  it('of PyRadiomics are 107 in a body, as its documentation counts them', () => {
    const made = featureNames.filter((row) => standardFamilies.includes(row.family) && isStandard(row));
    expect(made).toHaveLength(107);
    expect(made.every(({ pyradiomics }) => pyradiomics !== undefined)).toBe(true);
  });

  it('make keys that tell the feature again, whatever image they are of', () => {
    expect(resultKey('wavelet-LLH', 'glcm', 'Contrast')).toBe('wavelet-LLH_glcm_Contrast');
    for (const row of featureNames) {
      for (const image of ['original', 'wavelet-LLH', 'log-sigma-1-0-mm-3D'])
        expect(featureOf(resultKey(image, row.family, row.name))).toBe(row);
    }
    for (const key of ['Contrast', 'glcm_Contrast', 'original_glcm_Nothing', 'original_other_Contrast'])
      expect(() => featureOf(key)).toThrow(`Expected a feature such as original_glcm_Contrast, found "${key}"`);
  });
});
