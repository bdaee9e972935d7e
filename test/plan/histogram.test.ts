import { describe, expect, it } from 'vitest';
import { addHistogram, emptyHistogram, percentileOf } from '../../lib/plan/histogram.ts';

const counted = (values: readonly number[]) => {
  const histogram = emptyHistogram();
  for (const value of values) histogram[value + 1024]!++;
  return histogram;
};

describe('A histogram of CT numbers', () => {
  it('has as percentile the smallest value that the share does not exceed', () => {
    // of 10, 20, 30, 40 a quarter is not above 10, a half not above 20, and 0.51 needs the third
    const histogram = counted([40, 10, 30, 20]);
    expect([0, 0.25, 0.5, 0.51, 1].map((share) => percentileOf(histogram, share))).toEqual([10, 10, 20, 30, 40]);
  });

  it('holds the ends of the range, and nothing where nothing was counted', () => {
    expect(percentileOf(counted([-1024]), 0.5)).toBe(-1024);
    expect(percentileOf(counted([3071]), 0.5)).toBe(3071);
    expect(percentileOf(emptyHistogram(), 0.5)).toBeNaN();
  });

  it('is the same in whatever order cases are added', () => {
    const [one, other] = [counted([1, 2, 3]), counted([3, 5])];
    addHistogram(one, other);
    expect(one).toEqual(counted([5, 3, 3, 2, 1]));
  });
});
