import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decimals,
  extremesOf,
  inHu,
  inMm,
  inPercent,
  inTraining,
  ofTheKind,
  significant,
  unlikePhrases,
} from '../../lib/predict/ranges.ts';

const range = { least: 48.6, middle: 60, most: 115 };

describe('the least, the middle and the most', () => {
  it('have four digits, the ends rounded outwards, the middle to the nearest', () => {
    expect(extremesOf([3.00009, 1.23456, 2.00006])).toEqual({ least: 1.234, middle: 2, most: 3.001 });
    expect(extremesOf([-1.23451, -9.99951])).toEqual({ least: -10, middle: -5.617, most: -1.234 });
    expect(extremesOf([9.99951, 0])).toEqual({ least: 0, middle: 5, most: 10 });
    expect(extremesOf([1000, 0.001])).toEqual({ least: 0.001, middle: 500, most: 1000 });
  });
  it('are not widened by what single precision loses', () => {
    expect(extremesOf([Math.fround(49.9999962), 50.0000038])).toEqual({ least: 50, middle: 50, most: 50 });
  });
  it('have as many digits behind the point as are asked for', () => {
    expect(extremesOf([0.1296, 12.3441], decimals(3))).toEqual({ least: 0.129, middle: 6.237, most: 12.345 });
  });
  it('hold all numbers between them, and are their own once rounded', () => {
    const numbers = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true, noDefaultInfinity: true }), {
      minLength: 1,
    });
    for (const rounding of [significant(4), decimals(2)])
      fc.assert(
        fc.property(numbers, (values) => {
          const range = extremesOf(values, rounding);
          const sixDigits = (value: number) => 5e-6 * Math.abs(value);
          const [low, high] = [Math.min(...values), Math.max(...values)];
          expect(range.least).toBeLessThanOrEqual(low + sixDigits(low));
          expect(range.most).toBeGreaterThanOrEqual(high - sixDigits(high));
          expect(extremesOf([range.least, range.most], rounding)).toMatchObject({
            least: range.least,
            most: range.most,
          });
        }),
      );
  });
});

describe('numbers beside those of the training', () => {
  it('are said where they lie outside of their range, and left alone at its ends', () => {
    const judged = (value: number | null) => [
      { value, range, tell: (v: number) => `${inHu(v)}, ${inTraining(range, inHu)}` },
    ];
    expect(unlikePhrases(judged(41))).toEqual(['unlike the training data: 41 HU, 49 HU to 115 HU in training']);
    for (const value of [48.6, 115, null]) expect(unlikePhrases(judged(value))).toEqual([]);
  });
  it('have a range of one number where both ends read alike', () => {
    expect(inTraining({ least: 0.9, middle: 1, most: 1.1 }, (v) => v.toFixed(0))).toBe('1 in training');
  });
  it('are lengths of the kind from half the least to twice the most', () => {
    expect(ofTheKind({ least: 1, middle: 2, most: 3 })).toEqual({ least: 0.5, middle: 2, most: 6 });
    expect([inPercent(0.234), inMm(0.70312)]).toEqual(['23 %', '0.703 mm']);
  });
});
