/** Limits of resegmentation by hand. */
import { describe, expect, it } from 'vitest';
import { resegment, resegmentLimits } from '../../lib/radiomics/resegment.ts';
import { roiOf } from './example.ts';

describe('resegmentation', () => {
  const values = Float64Array.of(1, 2, 3, 4, 10);

  it('takes limits in the unit of the image, of the largest value, or in standard deviations', () => {
    expect(resegmentLimits(values, [4, 2], 'absolute')).toEqual([2, 4]);
    expect(resegmentLimits(values, [2], 'absolute')).toEqual([2, Infinity]);
    expect(resegmentLimits(values, [0.2, 0.5], 'relative')).toEqual([2, 5]);
    // Mean 4, variance (9 + 4 + 1 + 0 + 36) / 5 = 10.
    expect(resegmentLimits(values, [-1, 1], 'sigma')).toEqual([4 - Math.sqrt(10), 4 + Math.sqrt(10)]);
  });

  it('keeps both ends', () => {
    const roi = roiOf([1, 1, 1, 1, 1], [5, 1, 1]);
    expect([...resegment(roi, values, [2, 4], 'absolute').imageVoxels]).toEqual([1, 2, 3]);
  });

  it('may leave nothing, in the same box', () => {
    const roi = roiOf([1, 1, 1, 1, 1], [5, 1, 1]);
    const { voxels, shape } = resegment(roi, values, [11], 'absolute');
    expect([voxels.length, shape]).toEqual([0, roi.shape]);
  });
});
