import { describe, expect, it } from 'vitest';
import { monotoneRoot } from '../../../lib/statistics/special/root.ts';
import { expectRelative } from '../close.ts';

describe('the root of a monotone function', () => {
  it('is found for rising, falling and flat functions, far from the start too', () => {
    expectRelative(
      monotoneRoot((x) => x ** 3 - 2),
      Math.cbrt(2),
      4e-16,
    );
    expectRelative(
      monotoneRoot((x) => Math.exp(-x) - 1e-100),
      100 * Math.LN10,
      4e-16,
    );
    expectRelative(
      monotoneRoot((x) => Math.atan(x + 300)),
      -300,
      4e-16,
    );
  });

  it('is NaN where there is none', () => {
    expect(monotoneRoot(() => 1)).toBeNaN();
    expect(monotoneRoot(() => NaN)).toBeNaN();
  });
});
