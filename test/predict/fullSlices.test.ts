import { describe, expect, it } from 'vitest';
import { fullSlices, fullSlicesOf, spreadEvenly } from '../../lib/predict/fullSlices.ts';

describe('the slices that are looked at', () => {
  it('are those that hold more than the ends of the mask, spread evenly', () => {
    expect(fullSlices([0, 9, 100, 50, 10, 0], 10)).toEqual([2, 3, 4]);
    expect(fullSlices([100, 100, 100, 100, 100, 100], 3)).toEqual([0, 2, 4]);
    expect(fullSlices([0, 0, 0], 10)).toEqual([0, 1, 2]);
    expect(fullSlices([], 10)).toEqual([]);
  });
  it('are counted along z of a mask, whatever its class numbers', () => {
    const data = new Uint8Array(20 * 1 * 4);
    data.fill(2, 20, 40); // all of the second slice, one voxel of the third
    data[40] = 1;
    const mask = { data, shape: [20, 1, 4], spacingMm: [1, 1, 1], affine: [] } as never;
    expect(fullSlicesOf(mask, 10)).toEqual([1]);
  });
  it('are the first of equal parts where there are more than asked for', () => {
    expect(spreadEvenly(['a', 'b', 'c', 'd', 'e'], 2)).toEqual(['a', 'c']);
    expect(spreadEvenly(['a'], 3)).toEqual(['a']);
  });
});
