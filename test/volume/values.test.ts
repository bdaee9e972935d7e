import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  assertLabelValues,
  countValues,
  finiteValues,
  flipRows,
  maskOfValue,
  rangeOf,
  summariseValues,
} from '../../lib/volume/values.ts';

describe('countValues', () => {
  it('counts 65,536 different values and leaves out further ones, which no map can hold of a large volume', () => {
    const data = Float64Array.from({ length: 2 ** 16 + 5 }, (_, i) => i / 2 ** 17);
    data.set([0, 0], 2 ** 16 + 1); // one that is known is counted all the same
    const counts = countValues(data);
    expect([counts.size, counts.get(0), counts.get(0.5)]).toEqual([2 ** 16, 3, undefined]);
  });
});

describe('summariseValues', () => {
  it('of 2, 4, 4, 4, 5, 5, 7, 9 has mean 5 and population standard deviation 2', () => {
    expect(summariseValues(new Int16Array([2, 4, 4, 4, 5, 5, 7, 9]))).toEqual({
      count: 8,
      nan: 0,
      infinite: 0,
      min: 2,
      max: 9,
      mean: 5,
      std: 2,
      sum: 40,
    });
  });
  it('keeps its accuracy far from zero and over many values', () => {
    const data = Float64Array.from({ length: 100_000 }, (_, i) => 1e9 + (i % 2));
    expect(summariseValues(data)).toMatchObject({ mean: 1e9 + 0.5, std: 0.5 });
    expect(summariseValues(new Float32Array(1_000_003).fill(0.1)).sum).toBeCloseTo(1_000_003 * Math.fround(0.1), 6);
  });
  it('lets NaN and infinities through as NumPy does, and counts them', () => {
    expect(summariseValues(new Float32Array([1, NaN, Infinity]))).toMatchObject({
      nan: 1,
      infinite: 1,
      min: NaN,
      max: NaN,
      mean: NaN,
      std: NaN,
      sum: NaN,
    });
    expect(summariseValues(new Float32Array([1, Infinity]))).toMatchObject({
      nan: 0,
      infinite: 1,
      min: 1,
      max: Infinity,
      mean: Infinity,
      std: NaN,
    });
    expect(finiteValues(new Float32Array([1, NaN, Infinity, -2]))).toEqual(new Float64Array([1, -2]));
  });
  it('of nothing is NaN, with sum 0', () => {
    expect(summariseValues(new Uint8Array(0))).toEqual({
      count: 0,
      nan: 0,
      infinite: 0,
      min: NaN,
      max: NaN,
      mean: NaN,
      std: NaN,
      sum: 0,
    });
  });
});

describe('maskOfValue', () => {
  it('is 1 where the data has the value', () => {
    expect(maskOfValue([0, 2, 1, 2], 2)).toEqual(Uint8Array.of(0, 1, 0, 1));
    expect(maskOfValue([], 1)).toEqual(new Uint8Array());
  });
});

describe('flipRows', () => {
  it('turns the rows round, and twice gives them back', () => {
    const plane = Uint8Array.of(1, 2, 3, 4, 5, 6);
    expect(flipRows(plane, 2)).toEqual(Uint8Array.of(5, 6, 3, 4, 1, 2));
    expect(flipRows(flipRows(plane, 3), 3)).toEqual(plane);
    expect(plane).toEqual(Uint8Array.of(1, 2, 3, 4, 5, 6));
  });
});

it('countValues counts as a plain loop does', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(0, 1, 2, 0.5, NaN)), (values) => {
      const counts = countValues(Float32Array.from(values));
      for (const v of new Set(values)) expect(counts.get(v)).toBe(values.filter((w) => Object.is(v, w)).length);
      expect([...counts.values()].reduce((sum, n) => sum + n, 0)).toBe(values.length);
    }),
  );
});

it('labels are whole numbers of 0 or more', () => {
  expect(() => assertLabelValues([0, 1, 255], 'm.nii')).not.toThrow();
  for (const odd of [-1, 0.5, NaN, Infinity])
    expect(() => assertLabelValues([0, odd], 'm.nii')).toThrow(`Expected a mask of labels 0 or more, found ${odd}`);
});

it('the range is that of any count of numbers', () => {
  expect(rangeOf(Array.from({ length: 1e6 }, (_, i) => (i * 7) % 1e6))).toEqual([0, 999_999]);
  expect(rangeOf([])).toEqual([Infinity, -Infinity]);
});
