import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { oneSampleTTest, pairedTTest, studentTTest } from '../../lib/statistics/tTest.ts';
import { expectRelative } from './close.ts';

describe('t tests', () => {
  it('equal an example worked out by hand', () => {
    // means 2 and 6, variances 1 and 4, n = 3 and 3: pooled 2.5
    const [a, b] = [Int8Array.of(1, 2, 3), Int8Array.of(4, 6, 8)];
    const student = studentTTest(a, b);
    expectRelative(student.t, -4 / Math.sqrt(2.5 * (2 / 3)));
    expect(student).toMatchObject({ df: 4, estimate: -4 });
    // differences -3, -4, -5: mean -4, SD 1; with 2 degrees of freedom P(T > t) = 1/(t² + 2 + t√(t² + 2))
    const paired = pairedTTest(a, b);
    const t = 4 * Math.sqrt(3);
    expectRelative(paired.t, -t);
    expectRelative(paired.p, 2 / (t * t + 2 + t * Math.sqrt(t * t + 2)), 1e-13);
  });

  it('have an interval whose end has p = 1 − confidence', () => {
    const values = [3, 5, 4, 8, 6.5];
    for (const [alternative, end] of [
      ['two-sided', 0],
      ['two-sided', 1],
      ['less', 1],
      ['greater', 0],
    ] as const) {
      const { interval, estimate } = oneSampleTTest(values, 0, { alternative, confidence: 0.9 });
      expect(oneSampleTTest(values, interval[end], { alternative }).p).toBeCloseTo(0.1, 12);
      expectRelative(estimate, 5.3);
    }
    expect(oneSampleTTest(values, 0, { alternative: 'less' }).interval[0]).toBe(-Infinity);
  });

  it('of constant samples are infinite where they differ and NaN where they do not, as in SciPy', () => {
    expect(studentTTest([0.1, 0.1, 0.1], [0.1, 0.1])).toMatchObject({ t: NaN, p: NaN, estimate: 0 });
    expect(oneSampleTTest([5, 5], 4, { alternative: 'less' })).toMatchObject({ t: Infinity, p: 1 });
    expect(pairedTTest([3, 4], [1, 2])).toMatchObject({ t: Infinity, p: 0 });
  });

  it('of two samples change sign when they change places, and not with a shift by 1e8 or a scale', () => {
    const eighth = fc.integer({ min: -80, max: 80 }).map((k) => k / 8);
    const sample = fc.array(eighth, { minLength: 2, maxLength: 12 }).filter((x) => new Set(x).size > 1);
    const far = (values: readonly number[]): number[] => values.map((x) => 4 * x + 1e8);
    fc.assert(
      fc.property(sample, sample, (a, b) => {
        const [test, turned, moved] = [studentTTest(a, b), studentTTest(b, a), studentTTest(far(a), far(b))];
        expect(turned.t).toBeCloseTo(-test.t, 10);
        expectRelative(turned.p, test.p, 1e-10);
        expect(moved.t).toBeCloseTo(test.t, 9);
        expect(moved.df).toBe(test.df);
      }),
    );
  });
});
