/** What permutation tests count, by hand. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Counter, meanOf, welchT } from '../../lib/statistics/arrangements.ts';
import { checkResamples } from '../../lib/statistics/sample.ts';

describe('welchT', () => {
  it('is the difference of the means over its standard error', () => {
    // 1, 3: mean 2, variance 2, error² 1. 2, 6: mean 4, variance 8, error² 4.
    expect(welchT(Float64Array.of(1, 3), Float64Array.of(2, 6))).toBeCloseTo(-2 / Math.sqrt(5), 12);
  });
  it('is 0 where the means are equal, also without spread, and infinite where only they differ', () => {
    expect(welchT(Float64Array.of(2, 2), Float64Array.of(2, 2))).toBe(0);
    expect(welchT(Float64Array.of(3, 3), Float64Array.of(2, 2))).toBe(Infinity);
  });
  it('changes its sign with the groups', () => {
    const group = fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 2, maxLength: 8 });
    fc.assert(
      fc.property(group, group, (a, b) => {
        const [first, second] = [Float64Array.from(a), Float64Array.from(b)];
        expect(welchT(first, second) + 0).toBe(-welchT(second, first) + 0);
        expect(meanOf(first)).toBeCloseTo(a.reduce((sum, v) => sum + v, 0) / a.length, 12);
      }),
    );
  });
});

describe('Counter', () => {
  const counted = (observed: number, statistics: number[]): Counter => {
    const counter = new Counter(observed, 1);
    for (const statistic of statistics) counter.add(statistic);
    return counter;
  };

  it('of all arrangements has the share that is at least, or at most, as large as the observed one', () => {
    const counter = counted(3, [1, 2, 3, 4, 5]);
    expect(counter.all).toBe(5);
    expect(counter.p(true, 'greater')).toBe(3 / 5);
    expect(counter.p(true, 'less')).toBe(3 / 5);
    expect(counter.p(true, 'two-sided')).toBe(1);
    expect(counted(5, [1, 2, 3, 4, 5]).p(true, 'two-sided')).toBe(2 / 5); // twice the smaller tail
  });
  it('of random ones counts the observed one as one more, so that p is never 0', () => {
    expect(counted(9, [1, 2, 3]).p(false, 'greater')).toBe(1 / 4);
    expect(counted(9, [1, 2, 3]).p(false, 'less')).toBe(4 / 4);
  });
  it('takes what differs by rounding for equal', () => {
    expect(counted(0.3, [0.1 + 0.2]).p(true, 'greater')).toBe(1);
    expect(counted(0.3, [0.1 + 0.2]).p(true, 'less')).toBe(1);
    expect(counted(0.3, [0.3001]).p(true, 'less')).toBe(0);
  });
  it('refuses statistics that are no numbers', () => {
    expect(() => new Counter(NaN, 1)).toThrow('Expected a statistic that is a number for the samples, found NaN');
    expect(() => counted(1, [NaN])).toThrow('Expected a statistic that is a number for every arrangement, found NaN');
  });
});

it('checkResamples wants a whole number above 0', () => {
  expect(() => checkResamples(1)).not.toThrow();
  for (const bad of [0, -1, 0.5, NaN]) expect(() => checkResamples(bad)).toThrow(`found ${bad}`);
});
