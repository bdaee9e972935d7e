/** Where a ROI lies in the image and in its box. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  cropToRoi,
  findLabel,
  keepVoxels,
  roiBox,
  roiDimensions,
  roiMask,
  valuesAt,
  valuesInRoi,
  voxelsInBox,
} from '../../lib/radiomics/roi.ts';
import { cropVolume } from '../../lib/volume/crop.ts';
import { roiOf, volumeOf } from './example.ts';

describe('a ROI', () => {
  it('has no margin that makes its box larger than its indices reach', () => {
    const volume = volumeOf([1, 1, 1, 1, 1, 1, 1, 1], [2, 2, 2]);
    expect(() => cropToRoi(volume, 1, findLabel(volume, 1)!, 1e6)).toThrow(
      /^Expected distances .* at most 2147483647 voxels, found 1000000 voxels around it, and so 2000002×2000002×2000002$/,
    );
  });
  it('has the box, count and values of its label, found in any mask', () => {
    const mask = fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 60, maxLength: 60 });
    fc.assert(
      fc.property(mask, fc.integer({ min: 1, max: 2 }), (values, margin) => {
        const volume = volumeOf(values, [3, 4, 5]);
        const at = values.flatMap((value, i) => (value === 2 ? [i] : []));
        const box = findLabel(volume, 2);
        if (at.length === 0) return void expect(box).toBeUndefined();
        const along = [at.map((i) => i % 3), at.map((i) => Math.floor(i / 3) % 4), at.map((i) => Math.floor(i / 12))];
        expect(box).toEqual({
          first: along.map((list) => Math.min(...list)),
          last: along.map((list) => Math.max(...list)),
          count: at.length,
        });
        const roi = cropToRoi(volume, 2, box!, margin);
        expect([...roi.imageVoxels]).toEqual(at);
        expect(roiDimensions(roi)).toBe(along.filter((list) => Math.max(...list) > Math.min(...list)).length);
        const grey = volumeOf(
          values.map((_, i) => i * i),
          [3, 4, 5],
        );
        const { start, shape } = roiBox(roi);
        expect([...valuesInRoi(grey.data, roi)]).toEqual(at.map((i) => i * i));
        expect([...valuesAt(cropVolume(grey, start, shape).data, voxelsInBox(roi))]).toEqual(at.map((i) => i * i));
      }),
    );
  });

  it('has a box with a margin on every side, also beyond the image', () => {
    const volume = volumeOf([0, 5, 0, 0], [2, 2, 1]);
    const roi = cropToRoi(volume, 5, findLabel(volume, 5)!, 2);
    expect(roi).toMatchObject({ shape: [5, 5, 5], start: [-1, -2, -2], margin: 2 });
    expect([...roi.voxels]).toEqual([2 + 5 * (2 + 5 * 2)]);
    expect(roiBox(roi)).toEqual({ start: [1, 0, 0], shape: [1, 1, 1] });
  });

  it('is a voxel, a line, a plane or a body', () => {
    expect(roiDimensions(roiOf([1], [1, 1, 1]))).toBe(0);
    expect(roiDimensions(roiOf([1, 1], [1, 2, 1]))).toBe(1);
    expect(roiDimensions(roiOf([1, 0, 0, 1], [2, 1, 2]))).toBe(2);
    expect(roiDimensions(roiOf([1, 1, 1, 1, 1, 1, 1, 1], [2, 2, 2]))).toBe(3);
  });

  it('can lose voxels and keeps its box; as a mask it is 1 in the ROI', () => {
    const roi = roiOf([1, 1, 1], [3, 1, 1]);
    const kept = keepVoxels(roi, (k) => k !== 1);
    expect([kept.shape, [...kept.imageVoxels]]).toEqual([roi.shape, [0, 2]]);
    const mask = roiMask(kept);
    expect([mask.length, [...mask].reduce((a, b) => a + b)]).toEqual([45, 2]);
    expect([...kept.voxels].every((v) => mask[v] === 1)).toBe(true);
  });
});
