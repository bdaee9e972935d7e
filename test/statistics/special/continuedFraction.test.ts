import { describe, expect, it } from 'vitest';
import { continuedFraction } from '../../../lib/statistics/special/continuedFraction.ts';
import { expectRelative } from '../close.ts';

describe('a continued fraction', () => {
  it('of ones is the golden ratio, 1 + 1/(2 + 1/(2 + …)) is √2', () => {
    expectRelative(
      continuedFraction(
        () => 1,
        () => 1,
      ),
      (1 + Math.sqrt(5)) / 2,
      1e-15,
    );
    expectRelative(
      continuedFraction(
        () => 1,
        (n) => (n === 0 ? 1 : 2),
      ),
      Math.SQRT2,
      1e-15,
    );
  });

  it('that ends is exact, and NaN ends at once', () => {
    expect(
      continuedFraction(
        (n) => (n === 1 ? 3 : 0),
        () => 2,
      ),
    ).toBe(3.5);
    expect(
      continuedFraction(
        () => NaN,
        () => 1,
      ),
    ).toBeNaN();
  });
});
