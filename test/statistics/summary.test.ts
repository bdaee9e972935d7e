import { describe, expect, it } from 'vitest';
import { formatMeanSd, summarise } from '../../lib/statistics/summary.ts';

describe('a summary of a sample', () => {
  it('equals values from NumPy (ddof=1, its default quartiles)', () => {
    const summary = summarise([4, 1, 3, 2, 10]);
    expect(summary).toMatchObject({ n: 5, mean: 4, median: 3, lowerQuartile: 2, upperQuartile: 4, min: 1, max: 10 });
    expect(summary.sd).toBeCloseTo(3.5355339059327378, 14);
    expect(summarise([1, 2, 3, 4])).toMatchObject({ median: 2.5, lowerQuartile: 1.75, upperQuartile: 3.25 });
  });

  it('of equal values has exactly their mean and no SD, though their sum is rounded', () => {
    for (const value of [0.1, 0.3, 1 / 3, -1000.7])
      expect(summarise([value, value, value])).toMatchObject({ mean: value, sd: 0, median: value, max: value });
  });

  it('keeps its digits at an offset of 1e8', () => {
    const summary = summarise([4, 1, 3, 2, 10].map((value) => value + 1e8));
    expect(summary.mean).toBe(1e8 + 4);
    expect(summary.sd).toBeCloseTo(3.5355339059327378, 14);
  });

  it('of one value has no SD, of none nothing but n, and NaN is refused', () => {
    expect(summarise([2])).toMatchObject({ n: 1, mean: 2, sd: NaN, median: 2 });
    expect(summarise([])).toMatchObject({ n: 0, mean: NaN, max: NaN });
    expect(() => summarise([1, NaN])).toThrow('Expected finite numbers in the sample, found NaN at position 1');
  });

  it('reads as papers print it', () => {
    expect(formatMeanSd(summarise([0.5, 0.7]), 2)).toBe('0.60 ± 0.14 (n = 2)');
    expect(formatMeanSd(summarise([0.5]))).toBe('0.500 (n = 1)');
    expect(formatMeanSd(summarise([]))).toBe('no values');
  });
});
