import { describe, expect, it } from 'vitest';
import { fisherCdf, fisherQuantile, fisherUpperTail } from '../../../lib/statistics/distributions/fisherF.ts';
import { studentTwoSided } from '../../../lib/statistics/distributions/studentT.ts';
import { expectRelative } from '../close.ts';

describe('the F distribution', () => {
  it('with 1 degree of freedom is the square of t, with 2 and n it has a closed form', () => {
    for (const t of [0.01, 0.7, 3, 40]) expectRelative(fisherUpperTail(t * t, 1, 9), studentTwoSided(t, 9), 1e-13);
    for (const f of [0.01, 0.7, 3, 40]) expectRelative(fisherUpperTail(f, 2, 10), (1 + f / 5) ** -5, 2e-15);
  });

  it('has the quantiles of SciPy 1.17.1, fractional degrees too', () => {
    expectRelative(fisherQuantile(0.975, 5, 15), 3.5764153492790607);
    expectRelative(fisherQuantile(0.95, 3, 7.5), 4.194419673496107);
    expectRelative(fisherCdf(fisherQuantile(1e-30, 4, 6), 4, 6), 1e-30, 1e-12);
  });

  it('is defined at the ends and NaN beyond', () => {
    expect([
      fisherUpperTail(0, 2, 2),
      fisherUpperTail(Infinity, 2, 2),
      fisherCdf(0, 2, 2),
      fisherQuantile(0, 2, 2),
      fisherQuantile(1, 2, 2),
    ]).toEqual([1, 0, 0, 0, Infinity]);
    expect([fisherQuantile(0.975, 3, 1e-4), fisherQuantile(0.025, 1e-4, 3)]).toEqual([Infinity, 0]);
    for (const value of [
      fisherUpperTail(NaN, 1, 1),
      fisherUpperTail(1, 0, 1),
      fisherCdf(NaN, 1, 1),
      fisherQuantile(2, 1, 1),
    ])
      expect(value).toBeNaN();
  });
});
