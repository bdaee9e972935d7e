import { describe, expect, it } from 'vitest';
import { binaryPattern2d } from '../../../lib/radiomics/filters/binaryPattern2d.ts';
import { expectPartsOfTheWhole, wholeOf } from './boxes.ts';
import { formulaVolume } from './oracle.ts';

const circle = { radius: 1, samples: 8, method: 'uniform', sliceAxis: 2 } as const;

describe('local binary patterns within slices', () => {
  const dot = { ...formulaVolume([5, 5, 5], 'int16'), data: new Int16Array(125) };
  dot.data[62] = 100;
  // The slice of the dot, from its middle row on: the dot is the first point of the voxel to its left.
  dot.data[61] = 7;

  it('count the points that are as bright: all around a dark voxel, none around the brightest', () => {
    const { data } = binaryPattern2d(dot, wholeOf(dot), circle);
    expect([data[62], data[12]]).toEqual([0, 8]);
  });

  it('are bits from the point to the right on, turned to the smallest number with ror', () => {
    const by = (method: 'default' | 'ror', sliceAxis: 0 | 1 | 2) =>
      binaryPattern2d(dot, wholeOf(dot), { ...circle, samples: 4, method, sliceAxis }).data[61];
    // Across z the points lie right, above, left and below: only the one to the right is as bright as 7.
    expect([by('default', 2), by('ror', 2)]).toEqual([1, 1]);
    // Across y rows are z and columns x; across x rows are y and columns z, where all are darker.
    expect([by('default', 1), by('default', 0)]).toEqual([1, 0]);
  });

  it('are variances on the circle with var, in the type of the image, and 0 in flat integers', () => {
    const options = { ...circle, samples: 4, method: 'var' } as const;
    // Left of the dot: 100 and three times 0, Σx²/4 − (Σx/4)² = 2500 − 625.
    expect(binaryPattern2d(dot, wholeOf(dot), options).data[61]).toBe(1875);
    const small = { ...dot, data: Int16Array.from(dot.data, (v) => v / 50) };
    expect([61, 0].map((i) => binaryPattern2d(small, wholeOf(small), options).data[i])).toEqual([0, 0]);
    const single = { ...dot, data: Float32Array.from(dot.data, (v) => v / 50) };
    expect([61, 0].map((i) => binaryPattern2d(single, wholeOf(single), options).data[i])).toEqual([0.75, NaN]);
  });

  it('with more than two changes along the circle are one more than there are points', () => {
    const withDark = (...places: number[]) => {
      const data = new Int16Array(125).fill(5);
      for (const at of places) data[at] = 0;
      const image = { ...dot, data };
      return binaryPattern2d(image, wholeOf(image), { ...circle, samples: 4 }).data[62];
    };
    // Right and above: the bits 0 0 1 1. Right and left: 0 1 0 1, which change three times.
    expect([withDark(63, 57), withDark(63, 61)]).toEqual([2, 5]);
  });

  it('inside a box are the same as there in the whole', () =>
    expectPartsOfTheWhole((image, box) => binaryPattern2d(image, box, circle)));
});
