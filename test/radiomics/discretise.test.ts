import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Binning, discretise, levelGrid } from '../../lib/radiomics/discretise.ts';
import { roiOf } from './example.ts';

const usual: Binning = { binWidth: 25, binCount: null, binRule: 'pyradiomics', binOrigin: null };
const levels = (values: number[], binning: Partial<Binning>): number[] => [
  ...discretise(Float64Array.from(values), { ...usual, ...binning }),
];

describe('bins of a width', () => {
  it('begin at a multiple of the width under the PyRadiomics rule: 54 to 166 by 25 has edges 50, 75, …, 175', () => {
    expect(levels([54, 74.9, 75, 149, 150, 166], {})).toEqual([1, 1, 2, 4, 5, 5]);
    expect(levels([-30, -25, 0, 1], {})).toEqual([1, 2, 3, 3]);
    expect(levels([100, 100], {})).toEqual([1, 1]);
  });

  it('begin at the smallest value, or where they are told, under the IBSI rule', () => {
    expect(levels([54, 78, 79, 166], { binRule: 'ibsi' })).toEqual([1, 1, 2, 5]);
    expect(levels([54, 166], { binRule: 'ibsi', binOrigin: -500 })).toEqual([23, 27]);
    expect(() => levels([54], { binRule: 'ibsi', binOrigin: 60 })).toThrow(
      'Expected grey values of binOrigin, 60, or more, found 54',
    );
  });

  it('of a count have edges in single precision where the image is so, as numpy.histogram (1.26.4)', () => {
    const values = Float64Array.from([4.9, 1.9, 2.7, 4.7, 0.7, 1.8, 0.7, 2.7], Math.fround);
    expect([...discretise(values, { ...usual, binCount: 7 }, true)]).toEqual([7, 3, 4, 7, 1, 2, 1, 4]);
    expect([...discretise(values, { ...usual, binCount: 7 }, false)]).toEqual([7, 2, 4, 7, 1, 2, 1, 4]);
  });

  it('put a value on an edge into the upper bin even where the quotient is rounded down', () => {
    // 0.3 / 0.1 is 2.9999999999999996 in floating point.
    expect(levels([0, 0.1, 0.2, 0.1 * 3], { binWidth: 0.1 })).toEqual([1, 2, 3, 4]);
  });

  it('hold each value between their edges, in order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1000, max: 1000, noNaN: true }), { minLength: 1 }),
        fc.double({ min: 0.5, max: 90, noNaN: true }),
        (values, binWidth) => {
          const found = levels(values, { binWidth });
          expect(Math.min(...found)).toBe(1);
          const low = Math.floor(Math.min(...values) / binWidth) * binWidth;
          values.forEach((value, k) => {
            expect(value).toBeGreaterThanOrEqual(low + (found[k]! - 1) * binWidth - 1e-9);
            expect(value).toBeLessThan(low + found[k]! * binWidth + 1e-9);
          });
        },
      ),
    );
  });
});

describe('a number of bins', () => {
  it('divides the range; the largest value belongs to the last', () => {
    expect(levels([0, 24.9, 25, 50, 99.9, 100], { binCount: 4 })).toEqual([1, 1, 2, 3, 4, 4]);
    expect(levels([0, 24.9, 25, 50, 99.9, 100], { binCount: 4, binRule: 'ibsi' })).toEqual([1, 1, 2, 3, 4, 4]);
  });

  it('gives a flat region the middle level as NumPy does, or 1 under the IBSI rule', () => {
    expect(levels([7, 7], { binCount: 4 })).toEqual([3, 3]);
    expect(levels([7, 7], { binCount: 4, binRule: 'ibsi' })).toEqual([1, 1]);
  });
});

it('values that are not finite and too many levels are refused', () => {
  expect(() => levels([1, NaN], {})).toThrow('Expected finite grey values in the ROI, found NaN or infinite ones');
  const roi = roiOf([1, 1], [2, 1, 1]);
  expect(() => levelGrid(roi, Int32Array.of(1, 5000))).toThrow(
    'Expected at most 4096 grey levels, of which a co-occurrence matrix has a row and a column each, found 5000: ' +
      'choose a larger binWidth',
  );
  expect(() => levels([0, 1e12], {})).toThrow(
    'Expected at most 2147483646 bins, found a binWidth of 25 for values from 0 to 1000000000000',
  );
});
