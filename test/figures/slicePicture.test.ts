import { describe, expect, it } from 'vitest';
import {
  cropSlice,
  cutWindow,
  pngAddress,
  slicesToRgba,
  sliceToRgba,
  windowAround,
} from '../../lib/figures/slicePicture.ts';

const slice = (values: number[], width: number, range: [number, number] = [-100, 100]) => ({
  values,
  width,
  height: values.length / width,
  spacingMm: [1, 1] as const,
  range,
});

describe('slice pictures', () => {
  it('map the range to black and white, round between, and clamp outside', () => {
    const rgba = sliceToRgba(slice([-1000, -100, 0.4, 50.6, 155, 3000, NaN], 7, [-100, 155]));
    expect(Array.from({ length: 7 }, (_, i) => [...rgba.subarray(4 * i, 4 * i + 4)])).toEqual(
      [0, 0, 100, 151, 255, 255, 0].map((grey) => [grey, grey, grey, 255]),
    );
  });

  it('show a slice without contrast as black or white, not as an error', () => {
    expect([...sliceToRgba(slice([5], 1, [5, 5]))]).toEqual([0, 0, 0, 255]);
  });

  it('join three slices as red, green and blue', () => {
    const [r, g, b] = [slice([-100, 100], 2), slice([100, -100], 2), slice([100, 100], 2)];
    expect([...slicesToRgba(r, g, b)]).toEqual([0, 255, 255, 255, 255, 0, 255, 255]);
  });

  it('become PNG data addresses', () => {
    const bytes = Buffer.from(pngAddress(new Uint8ClampedArray(24), 3, 2).split(',')[1]!, 'base64');
    expect([bytes.readUInt32BE(16), bytes.readUInt32BE(20)]).toEqual([3, 2]);
  });
});

describe('windows', () => {
  const values = [1, 2, 3, 4, 5, 6]; // 2 rows of 3

  it('are cut out by rows and columns, filled where they reach over the edge', () => {
    expect([...cutWindow(values, 2, 3, { top: 0, left: 1, height: 2, width: 2 })]).toEqual([2, 3, 5, 6]);
    expect([...cutWindow(values, 2, 3, { top: -1, left: 2, height: 2, width: 2 }, -9)]).toEqual([-9, -9, 3, -9]);
  });

  it('crop a slice and keep its spacing and range', () => {
    expect(cropSlice(slice(values, 3), { top: 1, left: -1, height: 1, width: 2 })).toEqual({
      values: Float32Array.of(-100, 4),
      height: 1,
      width: 2,
      spacingMm: [1, 1],
      range: [-100, 100],
    });
  });

  it('lie around the middle of all masks, sized in millimetres', () => {
    const wide = { ...slice(new Array(200).fill(0), 20), spacingMm: [2, 1] as const }; // 10 rows, 20 columns
    const mask = new Uint8Array(200);
    mask[4 * 20 + 10] = 1; // rows 4..5, columns 10..13: middle at (5, 12)
    mask[5 * 20 + 13] = 1;
    expect(windowAround(wide, [undefined, mask], 8)).toEqual({ top: 3, left: 8, height: 4, width: 8 });
  });

  it('lie in the middle of the slice where there is no mask', () => {
    expect(windowAround(slice(new Array(100).fill(0), 10), [new Uint8Array(100)], 4)).toEqual({
      top: 3,
      left: 3,
      height: 4,
      width: 4,
    });
  });
});
