import { describe, expect, it } from 'vitest';
import { checkMask, checkRoi, MaskError } from '../../lib/radiomics/maskCheck.ts';
import { keepVoxels } from '../../lib/radiomics/roi.ts';
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
