import { describe, expect, it } from 'vitest';
import { binaryPatterns3d } from '../../../lib/radiomics/filters/binaryPattern3d.ts';
import { expectPartsOfTheWhole, wholeOf } from './boxes.ts';
import { formulaVolume } from './oracle.ts';

const sphere = { levels: 2, radius: 1, subdivisions: 0 };

describe('local binary patterns in space', () => {
  const dot = { ...formulaVolume([5, 5, 5], 'int16'), data: new Int16Array(125) };
  dot.data[62] = 100;

  it('are 0 at the brightest voxel, and one image for each degree and the kurtosis', () => {
    const found = binaryPatterns3d(dot, wholeOf(dot), sphere);
    expect(found.map(({ name }) => name)).toEqual(['lbp-3D-m1', 'lbp-3D-m2', 'lbp-3D-k']);
    expect(found[0]!.volume.data[62]).toBe(0);
  });

  it('have no kurtosis where all values around are equal', () => {
    const flat = { ...dot, data: new Int16Array(125).fill(7) };
    const found = binaryPatterns3d(flat, wholeOf(flat), sphere, [62]);
    expect(found.at(-1)!.volume.data[62]).toBeNaN();
    // All 12 points are as bright: only degree 0 is left. Y = 1/√4π, so √12 · 12 / 4π.
    expect(found[0]!.volume.data[62]).toBeCloseTo((Math.sqrt(12) * 12) / (4 * Math.PI), 12);
  });

  it('leave voxels that are not wanted at 0', () => {
    const { data } = binaryPatterns3d(dot, wholeOf(dot), sphere, [0, 3])[0]!.volume;
    expect(data.filter((value) => value !== 0).length).toBe(2);
  });

  it('inside a box are the same as there in the whole', () => {
    for (const at of [0, 1, 2]) expectPartsOfTheWhole((image, box) => binaryPatterns3d(image, box, sphere)[at]!.volume);
  });
});
