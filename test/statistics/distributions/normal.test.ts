import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  normalCdf,
  normalDensity,
  normalQuantile,
  normalUpperTail,
} from '../../../lib/statistics/distributions/normal.ts';
import { expectRelative } from '../close.ts';

describe('the normal distribution', () => {
  it('equals values of mpmath 1.4.1 in its far tail, both ways', () => {
    expectRelative(normalUpperTail(30), 4.906713927148187e-198, 1e-15);
    expectRelative(normalQuantile(1e-200), -30.205594179579643, 1e-15);
    expectRelative(normalQuantile(0.975), 1.9599639845400538, 1e-15);
  });

  it('has its density where the probability changes', () => {
    for (const z of [-5, -3, -1.25, 0, 0.4, 1.25])
      expectRelative((normalCdf(z + 1e-5) - normalCdf(z - 1e-5)) / 2e-5, normalDensity(z), 1e-7);
  });

  it('keeps the digits of tiny distances from the centre', () => {
    expectRelative(normalQuantile(0.5 + 2 ** -40), 2 ** -40 * Math.sqrt(2 * Math.PI), 1e-15);
  });

  it('has a quantile that is the inverse of its probability, and tails that add to 1', () => {
    fc.assert(
      fc.property(fc.double({ min: -37, max: 5, noNaN: true }), (z) => {
        // 1 ulp of p moves z by ulp/density, which is much above 1
        expect(Math.abs(normalQuantile(normalCdf(z)) - z)).toBeLessThan(
          1e-14 * Math.max(1, Math.abs(z)) + (2e-16 * normalCdf(z)) / normalDensity(z),
        );
        expect(normalCdf(z) + normalUpperTail(z)).toBeCloseTo(1, 14);
      }),
    );
  });

  it('is defined at the ends and NaN beyond', () => {
    expect([normalCdf(-Infinity), normalCdf(Infinity), normalQuantile(0), normalQuantile(1)]).toEqual([
      0,
      1,
      -Infinity,
      Infinity,
    ]);
    for (const value of [normalCdf(NaN), normalQuantile(-0.1), normalQuantile(NaN), normalDensity(NaN)])
      expect(value).toBeNaN();
  });
});
