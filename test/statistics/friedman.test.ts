import { describe, expect, it } from 'vitest';
import { friedman } from '../../lib/statistics/friedman.ts';
import { expectRelative } from './close.ts';

describe('the Friedman test', () => {
  it('of three methods that four cases rank alike is at its largest, by hand', () => {
    // rank sums 4, 8, 12: 12/(4·3·4)·(16 + 64 + 144) − 3·4·4 = 8; with 2 degrees of freedom p = e^−4
    const result = friedman([
      [1, 2, 3, 4],
      [2, 3, 4, 5],
      [3, 4, 5, 6],
    ]);
    expect(result).toMatchObject({ chiSquare: 8, df: 2, meanRanks: [1, 2, 3], kendallW: 1 });
    expectRelative(result.p, Math.exp(-4));
  });

  it('is NaN where all methods are equal on all cases', () =>
    expect(
      friedman([
        [1, 2],
        [1, 2],
        [1, 2],
      ]),
    ).toMatchObject({ chiSquare: NaN, p: NaN }));

  it('refuses two methods, unequal lengths, no cases and NaN', () => {
    expect(() => friedman([[1], [2]])).toThrow('Expected at least 3 methods for the Friedman test, found 2');
    expect(() => friedman([[1, 2], [2, 3], [1]])).toThrow('Expected 2 cases for method 3, as for the first, found 1');
    expect(() => friedman([[], [], []])).toThrow('Expected at least 1 value in method 1, found 0');
    expect(() => friedman([[1], [NaN], [1]])).toThrow('Expected finite numbers in method 2, found NaN at position 0');
  });
});
