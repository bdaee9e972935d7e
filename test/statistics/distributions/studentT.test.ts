import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalCdf, normalQuantile } from '../../../lib/statistics/distributions/normal.ts';
import {
  studentCdf,
  studentQuantile,
  studentTwoSided,
  studentUpperTail,
} from '../../../lib/statistics/distributions/studentT.ts';
import { expectRelative } from '../close.ts';

describe("Student's t distribution", () => {
  it('equals its closed forms with 1 and 2 degrees of freedom', () => {
    for (const t of [1e-5, 0.3, 1, 4, 1e3, 1e9]) {
      expectRelative(studentUpperTail(t, 1), Math.atan2(1, t) / Math.PI);
      expectRelative(studentUpperTail(t, 2), 1 / (t * t + 2 + t * Math.sqrt(t * t + 2)));
      expectRelative(studentCdf(-t, 1), Math.atan2(1, t) / Math.PI);
    }
  });

  it('keeps its digits at p = 1e-200', () => expectRelative(studentTwoSided(1e100, 2), 1e-200));

  it('approaches the normal distribution', () => {
    expect(studentCdf(1.3, 1e12)).toBeCloseTo(normalCdf(1.3), 11);
    expect(studentCdf(1.3, Infinity)).toBe(normalCdf(1.3));
    expect(studentQuantile(0.3, Infinity)).toBe(normalQuantile(0.3));
  });

  it('has the quantile that mpmath finds, and its inverse', () => {
    expectRelative(studentQuantile(0.975, 10), 2.2281388519862742);
    const p = fc.double({ min: 1e-250, max: 0.499, noNaN: true });
    fc.assert(
      fc.property(p, fc.double({ min: 1, max: 1e4, noNaN: true }), (tail, df) => {
        const t = studentQuantile(tail, df);
        if (t > -1e100) expectRelative(studentCdf(t, df), tail, 1e-10);
        if (tail > 1e-10) expectRelative(studentQuantile(1 - tail, df), -t, 1e-3);
      }),
    );
  });

  it('is defined at the ends and NaN beyond', () => {
    expect([
      studentUpperTail(Infinity, 3),
      studentUpperTail(-Infinity, 3),
      studentQuantile(0, 3),
      studentQuantile(1, 3),
      studentQuantile(0.5, 3),
    ]).toEqual([0, 1, -Infinity, Infinity, 0]);
    for (const value of [studentCdf(NaN, 3), studentCdf(1, 0), studentQuantile(1.1, 3), studentQuantile(0.1, -1)])
      expect(value).toBeNaN();
  });
});
