import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exactSum, meanDifference, moments, varianceOf } from '../../lib/statistics/moments.ts';
import { expectRelative } from './close.ts';

describe('mean and sum of squares', () => {
  it('equal an example worked out by hand', () =>
    expect(moments([1, 2, 3, 6])).toEqual({ n: 4, mean: 3, meanRest: 0, squares: 14 }));

  it('sum without losing small terms', () => expect(exactSum([1e16, 1, -1e16, 1])).toBe(2));

  it('are those of a constant sample exactly', () => {
    expect(moments(new Array(7).fill(0.1))).toEqual({ n: 7, mean: 0.1, meanRest: 0, squares: 0 });
  });

  it('do not change with an offset of 1e8', () => {
    const quarter = fc.integer({ min: -400, max: 400 }).map((k) => k / 4);
    fc.assert(
      fc.property(
        fc.array(quarter, { minLength: 2, maxLength: 30 }),
        fc.array(quarter, { minLength: 2, maxLength: 30 }),
        (a, b) => {
          const far = (values: number[]) => moments(values.map((v) => v + 1e8));
          expect(varianceOf(far(a))).toBeCloseTo(varianceOf(moments(a)), 8);
          expect(meanDifference(far(a), far(b))).toBeCloseTo(meanDifference(moments(a), moments(b)), 11);
        },
      ),
    );
  });

  it('of one value have no variance, of none no mean', () => {
    expect(varianceOf(moments([3]))).toBeNaN();
    expect(moments([]).mean).toBeNaN();
    expectRelative(varianceOf(moments([1, 2])), 0.5);
  });
});
