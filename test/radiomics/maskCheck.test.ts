import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkMask, checkRoi, MaskError } from '../../lib/radiomics/maskCheck.ts';
import { resegment, resegmentLimits } from '../../lib/radiomics/resegment.ts';
import {
  cropToRoi,
  findLabel,
  keepVoxels,
  roiBox,
  roiDimensions,
  valuesInBox,
  valuesInRoi,
} from '../../lib/radiomics/roi.ts';
import { cropVolume } from '../../lib/volume/crop.ts';
import { roiOf, volumeOf } from './example.ts';

const limits = { label: 1, minimumRoiVoxels: null, minimumRoiDimensions: 2 };
const image = volumeOf(new Array(27).fill(0), [3, 3, 3]);
const maskOf = (...at: number[]) =>
  volumeOf(
    Array.from({ length: 27 }, (_, i) => Number(at.includes(i))),
    [3, 3, 3],
  );

function faultOf(work: () => unknown): [string, string] {
  try {
    work();
  } catch (error) {
    return [(error as MaskError).fault, (error as MaskError).message];
  }
  throw new Error('nothing was refused');
}

describe('a mask is refused by kind', () => {
  it('when it is not on the grid of the image', () => {
    const [fault, message] = faultOf(() => checkMask(image, volumeOf([1], [1, 1, 1]), limits));
    expect([fault, message]).toEqual([
      'geometry',
      'Expected image and mask on the same grid, found shape 3×3×3 against 1×1×1',
    ]);
  });

  it('when it does not have the label, saying which it has', () => {
    expect(faultOf(() => checkMask(image, maskOf(0, 1), { ...limits, label: 4 }))).toEqual([
      'label',
      'Expected label 4 in the mask, found only 1',
    ]);
    expect(faultOf(() => checkMask(image, maskOf(), limits))).toEqual([
      'label',
      'Expected label 1 in the mask, found no label at all',
    ]);
  });

  it('when it has values that no label has, such as those of a CT', () => {
    const withValue = (value: number) =>
      volumeOf(
        Array.from({ length: 27 }, (_, i) => (i === 20 ? value : 1)),
        [3, 3, 3],
      );
    expect(faultOf(() => checkMask(image, withValue(-1000), limits))).toEqual([
      'values',
      'Expected a mask of labels 0 or more, found -1000 (image and mask may be swapped)',
    ]);
    expect(faultOf(() => checkMask(image, withValue(NaN), limits))).toEqual([
      'values',
      'Expected a mask of labels 0 or more, found NaN (image and mask may be swapped)',
    ]);
    expect(checkMask(image, withValue(0.5), limits).count).toBe(26);
  });

  it('when the ROI has too few voxels or dimensions', () => {
    expect(faultOf(() => checkMask(image, maskOf(0, 1, 3), { ...limits, minimumRoiVoxels: 3 }))).toEqual([
      'size',
      'Expected a ROI of more than 3 voxels, found 3',
    ]);
    expect(faultOf(() => checkMask(image, maskOf(0, 1), limits))).toEqual([
      'dimensions',
      'Expected a ROI that extends in 2 dimensions or more, found a line',
    ]);
    expect(faultOf(() => checkMask(image, maskOf(5), { ...limits, minimumRoiDimensions: 1 }))).toEqual([
      'dimensions',
      'Expected a ROI that extends in 1 dimension or more, found a single voxel',
    ]);
    expect(checkMask(image, maskOf(0, 4), limits)).toEqual({ first: [0, 0, 0], last: [1, 1, 0], count: 2 });
  });

  it('when resegmentation leaves nothing', () => {
    const roi = roiOf([1, 1, 1, 1], [2, 2, 1]);
    expect(
      faultOf(() =>
        checkRoi(
          keepVoxels(roi, () => false),
          limits,
          'resegmentation',
        ),
      ),
    ).toEqual(['label', 'Expected voxels in the ROI after resegmentation, found none']);
  });
});

describe('a ROI', () => {
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
        expect([...valuesInBox(cropVolume(grey, start, shape).data, roi)]).toEqual(at.map((i) => i * i));
      }),
    );
  });
});

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
});
