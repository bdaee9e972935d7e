import { describe, expect, it } from 'vitest';
import { inHu, inMm, inPercent, inTraining, ofTheKind, unlikePhrases } from '../../lib/predict/ranges.ts';

const range = { least: 48.6, middle: 60, most: 115 };

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
