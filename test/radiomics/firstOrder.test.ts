import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { extractFeatures } from '../../lib/radiomics/extract.ts';
import { firstOrderFeatures, percentile } from '../../lib/radiomics/firstOrder.ts';
import { radiomicsSettings } from '../../lib/radiomics/settings.ts';
import { exampleLevels, volumeOf } from './example.ts';

const levels = Int32Array.from(exampleLevels);
const values = Float64Array.from(exampleLevels);

describe('first-order features of the 4×4 example', () => {
  it('are those worked out by hand', () => {
    const f = firstOrderFeatures(values, levels, [1, 2, 3]);
    expect(f).toMatchObject({
      Energy: 98,
      TotalEnergy: 588,
      Mean: 2.25,
      Median: 2,
      Minimum: 1,
      Maximum: 4,
      Range: 3,
      Uniformity: 70 / 256,
    });
    expect(f.Variance).toBeCloseTo(17 / 16, 12);
    // Third and fourth central moments: deviations −5/4 ×5, −1/4 ×4, 3/4 ×5, 7/4 ×2.
    const moment = (power: number): number =>
      (5 * (-5 / 4) ** power + 4 * (-1 / 4) ** power + 5 * (3 / 4) ** power + 2 * (7 / 4) ** power) / 16;
    expect(f.Skewness).toBeCloseTo(moment(3) / (17 / 16) ** 1.5, 12);
    expect(f.Kurtosis).toBeCloseTo(moment(4) / (17 / 16) ** 2, 12);
    expect(f.ExcessKurtosis).toBeCloseTo(f.Kurtosis! - 3, 12);
    expect(f.MeanAbsoluteDeviation).toBeCloseTo((5 * 1.25 + 4 * 0.25 + 5 * 0.75 + 2 * 1.75) / 16, 12);
    expect(f.Entropy).toBeCloseTo(-[5, 4, 5, 2].reduce((sum, n) => sum + (n / 16) * Math.log2(n / 16), 0), 12);
    // Sorted, the values 3 and 4 stand at 13 and 14 from 0; 0.9 · 15 = 13.5.
    expect([f['10Percentile'], f['90Percentile'], f.InterquartileRange]).toEqual([1, 3.5, 2]);
    // From 1 to 3.5: five 1, four 2, five 3, mean 2.
    expect(f.RobustMeanAbsoluteDeviation).toBeCloseTo(10 / 14, 12);
    expect(f.MedianAbsoluteDeviation).toBeCloseTo((5 + 5 + 4) / 16, 12);
  });

  it('shift the values for energy and root mean square only', () => {
    const f = firstOrderFeatures(values, levels, [1, 1, 1], 10);
    expect(f.Energy).toBeCloseTo(5 * 121 + 4 * 144 + 5 * 169 + 2 * 196, 9);
    expect(f.Mean).toBe(2.25);
  });

  it('of equal values have no skewness and kurtosis, and of none are NaN', () => {
    expect(firstOrderFeatures(Float64Array.of(7, 7), Int32Array.of(1, 1), [1, 1, 1])).toMatchObject({
      Skewness: 0,
      Kurtosis: 0,
      ExcessKurtosis: 0,
      Variance: 0,
      Entropy: 0,
      Uniformity: 1,
    });
    expect(firstOrderFeatures(new Float64Array(0), new Int32Array(0), [1, 1, 1])).toMatchObject({
      Mean: NaN,
      Minimum: NaN,
      Median: NaN,
    });
  });

  // 0 as PyRadiomics 3.0.1 documents it for flat regions; none of these numbers has an exact sum
  it.each([0.1, 0.3, 1 / 3, -1000.7, 1e-200, 1e300])('of %d in every voxel are those of a flat region', (value) => {
    for (const n of [1, 3, 7, 10, 1000]) {
      const features = firstOrderFeatures(new Float64Array(n).fill(value), new Int32Array(n).fill(1), [1, 1, 1]);
      expect(features).toMatchObject({
        ...{ Mean: value, Median: value, Minimum: value, Maximum: value, '10Percentile': value, '90Percentile': value },
        ...{ Skewness: 0, Kurtosis: 0, ExcessKurtosis: 0, Variance: 0, StandardDeviation: 0, Range: 0 },
        ...{ InterquartileRange: 0, MeanAbsoluteDeviation: 0, RobustMeanAbsoluteDeviation: 0 },
        MedianAbsoluteDeviation: 0,
      });
      // a negative value makes it −0
      expect([features.CoefficientOfVariation! + 0, features.QuartileCoefficientOfDispersion! + 0]).toEqual([0, 0]);
    }
  });

  it('of a flat image are those of a flat region after resampling, too, which rounds', () => {
    for (const value of [0.1, 1 / 3, -1000.7]) {
      const [zeros, data] = [new Array(120).fill(0), new Float64Array(120).fill(value)];
      const image = { ...volumeOf(zeros, [6, 5, 4], [0.7, 0.7, 2.5]), data };
      const mask = volumeOf(
        zeros.map((_, i) => Number(i % 6 > 0 && i % 6 < 5)),
        [6, 5, 4],
        [0.7, 0.7, 2.5],
      );
      for (const changes of [{}, { normalise: true }, { resampledSpacingMm: [1, 1, 1] as const }])
        expect(extractFeatures(image, mask, radiomicsSettings(changes)).features).toMatchObject({
          original_firstorder_Skewness: 0,
          original_firstorder_Kurtosis: 0,
          original_firstorder_Variance: 0,
        });
    }
  });

  it('that are flat but for outliers have no robust deviation', () => {
    const values = Float64Array.from({ length: 30 }, (_, i) => (i === 29 ? 9 : 0.1));
    const f = firstOrderFeatures(values, new Int32Array(30).fill(1), [1, 1, 1]);
    expect(f.RobustMeanAbsoluteDeviation).toBe(0);
    expect(f.Skewness).toBeGreaterThan(5);
  });

  it('keep their form at any scale, where fourth powers are no doubles any more', () => {
    const plain = firstOrderFeatures(values, levels, [1, 1, 1]);
    for (const unit of [2 ** -700, 2 ** -300, 2 ** 300, 2 ** 700]) {
      const moved = firstOrderFeatures(
        values.map((v) => v * unit),
        levels,
        [1, 1, 1],
      );
      for (const name of ['Skewness', 'Kurtosis', 'ExcessKurtosis', 'CoefficientOfVariation'])
        if (name !== 'CoefficientOfVariation' || Math.abs(Math.log2(unit)) < 500)
          expect(moved[name], name).toBeCloseTo(plain[name]!, 14);
      expect(moved.MeanAbsoluteDeviation).toBe(plain.MeanAbsoluteDeviation! * unit);
    }
  });

  it('move with the values: adding a number changes no spread', () => {
    const list = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 12, maxLength: 40 });
    fc.assert(
      fc.property(list, fc.integer({ min: -500, max: 500 }), (numbers, shift) => {
        const [plain, moved] = [0, shift].map((by) =>
          firstOrderFeatures(
            Float64Array.from(numbers, (x) => x + by),
            Int32Array.from(numbers, () => 1),
            [1, 1, 1],
          ),
        );
        expect(moved!.Mean).toBeCloseTo(plain!.Mean! + shift, 8);
        expect(moved!.Variance).toBeCloseTo(plain!.Variance!, 6);
        expect(moved!.RobustMeanAbsoluteDeviation).toBeCloseTo(plain!.RobustMeanAbsoluteDeviation!, 8);
      }),
    );
  });
});

it('a percentile lies on the line between its neighbours, as NumPy has it', () => {
  const sorted = Float64Array.of(1, 2, 4, 8);
  expect([0, 0.1, 0.5, 0.75, 1].map((share) => percentile(sorted, share))).toEqual([1, 1.3, 3, 5, 8]);
});
