import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deviance, devianceFactor, stirlingError } from '../../../lib/statistics/special/saddlePoint.ts';
import { expectRelative } from '../close.ts';

describe("the error term of Stirling's formula", () => {
  it('gives log n! of whole numbers and log Γ(½) = log √π', () => {
    const logGamma = (z: number): number =>
      (z - 0.5) * Math.log(z) - z + 0.5 * Math.log(2 * Math.PI) + stirlingError(z);
    let factorial = 1;
    for (let n = 2; n <= 20; n++) expectRelative(Math.exp(logGamma(n + 1)), (factorial *= n), 3e-14);
    expectRelative(Math.exp(logGamma(0.5)), Math.sqrt(Math.PI), 1e-15);
  });

  it('follows 1/(12 z) for large z', () => expectRelative(stirlingError(1e8), 1 / 12e8, 1e-15));
});

describe('the deviance', () => {
  it('equals its formula where that does not cancel, and d²/2m where it would', () => {
    expectRelative(deviance(5, 2), 5 * Math.log(2.5) - 3, 1e-15);
    expectRelative(deviance(1e8 + 1, 1e8), 0.5e-8, 1e-7);
    expect(deviance(3, 3)).toBe(0);
  });

  it('is never negative, and its factor is its negative exponential', () => {
    const positive = fc.double({ min: 1e-6, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(positive, positive, (u, m) => {
        expect(deviance(u, m)).toBeGreaterThanOrEqual(0);
        if (deviance(u, m) < 600) expectRelative(devianceFactor(u, m), Math.exp(-deviance(u, m)), 1e-12);
      }),
    );
  });
});
