import { describe, expect, it } from 'vitest';
import { mannWhitney } from '../../lib/statistics/mannWhitney.ts';
import { rocAuc } from '../../lib/statistics/roc.ts';
import { checkPairs, checkSample, pOfTails } from '../../lib/statistics/sample.ts';
import { welchTTest } from '../../lib/statistics/welch.ts';

describe('a sample', () => {
  it('with NaN, an infinity or too few values is refused in one sentence', () => {
    expect(() => checkSample([1, NaN], 1)).toThrow('Expected finite numbers in the sample, found NaN at position 1');
    expect(() => welchTTest([1, 2], [3])).toThrow('Expected at least 2 values in the second sample, found 1');
    expect(() => mannWhitney([], [3])).toThrow('Expected at least 1 value in the first sample, found 0');
    expect(() => mannWhitney([1], [-Infinity])).toThrow(
      'Expected finite numbers in the second sample, found -Infinity at position 0',
    );
    expect(() => checkPairs([1, 2], [3], 1)).toThrow(
      'Expected as many values in the second sample as in the first, 2, found 1',
    );
    expect(() => rocAuc([1, 2], [0, 1], 95)).toThrow('Expected a confidence level between 0 and 1, found 95');
  });

  it('may be a typed array', () => expect(mannWhitney(Float32Array.of(1, 2), Int16Array.of(3)).u).toBe(0));
});

describe('the p value of two tails', () => {
  it('is one of them, or twice the smaller, at most 1', () => {
    const tails = { lower: 0.01, upper: 0.995 };
    expect([pOfTails(tails, 'less'), pOfTails(tails, 'greater'), pOfTails(tails, 'two-sided')]).toEqual([
      0.01, 0.995, 0.02,
    ]);
    expect(pOfTails({ lower: 0.7, upper: 0.7 }, 'two-sided')).toBe(1);
  });
});
