import { expect, it } from 'vitest';
import { gradientMagnitude } from '../../../lib/radiomics/filters/gradient.ts';
import { expectPartsOfTheWhole, wholeOf } from './boxes.ts';
import { formulaVolume } from './oracle.ts';

it('the gradient of a ramp is its slope per mm, or per voxel, and half of it at the ends', () => {
  const ramp = {
    ...formulaVolume([5, 4, 3], 'int16', [2, 1, 1]),
    data: Int16Array.from({ length: 60 }, (_, i) => 6 * (i % 5)),
  };
  expect([...gradientMagnitude(ramp, wholeOf(ramp)).data.slice(0, 5)]).toEqual([1.5, 3, 3, 3, 1.5]);
  expect([...gradientMagnitude(ramp, wholeOf(ramp), false).data.slice(0, 5)]).toEqual([3, 6, 6, 6, 3]);
});

it('the gradient inside a box is the same as there in the whole', () => expectPartsOfTheWhole(gradientMagnitude));
