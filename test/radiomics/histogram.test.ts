/** Statistics of grey levels by hand. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { histogramFeatures } from '../../lib/radiomics/histogram.ts';
import { exampleLevels } from './example.ts';

const levels = Int32Array.from(exampleLevels);

describe('histogram features of the 4×4 example', () => {
  it('are those worked out by hand', () => {
    expect(histogramFeatures(levels)).toMatchObject({
      Mean: 2.25,
      Mode: 3,
      MaximumGradient: 0,
      MaximumGradientLevel: 2,
      MinimumGradient: -3,
      MinimumGradientLevel: 4,
      Uniformity: 70 / 256,
    });
  });

  it('of one level have no spread, whatever their number', () => {
    for (const level of [1, 3, 777])
      expect(histogramFeatures(new Int32Array(1001).fill(level))).toMatchObject({
        ...{ Mean: level, Variance: 0, Skewness: 0, ExcessKurtosis: 0, CoefficientOfVariation: 0 },
      });
  });

  it('of one level have gradient 0', () => {
    expect(histogramFeatures(Int32Array.of(1, 1))).toMatchObject({
      Mode: 1,
      MaximumGradient: 0,
      MinimumGradient: 0,
      Entropy: 0,
    });
  });

  it('of no voxels are NaN', () => expect(histogramFeatures(new Int32Array(0)).Mean).toBeNaN());
});

describe('the mode', () => {
  it('is the most frequent level; of equally frequent ones that nearest to the mean, then the lower', () => {
    expect(histogramFeatures(Int32Array.of(1, 2, 2, 5)).Mode).toBe(2);
    expect(histogramFeatures(Int32Array.of(1, 1, 4, 4, 5)).Mode).toBe(4); // mean 3
    expect(histogramFeatures(Int32Array.of(1, 1, 3, 3)).Mode).toBe(1); // mean 2
  });
});

describe('histogram features', () => {
  it('do not depend on the order of the voxels; the median and the percentiles lie between the ends', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 30 }), (list) => {
        const f = histogramFeatures(Int32Array.from(list));
        const reversed = histogramFeatures(Int32Array.from([...list].reverse()));
        expect(reversed.Entropy).toBeCloseTo(f.Entropy, 12);
        expect(reversed.Mode).toBe(f.Mode);
        expect(
          [f.Minimum, f['10Percentile'], f.Median, f['90Percentile'], f.Maximum].every(
            (v, i, all) => i === 0 || v >= all[i - 1],
          ),
        ).toBe(true);
        expect(f.Uniformity).toBeGreaterThanOrEqual(1 / 6 - 1e-12);
      }),
    );
  });
});
