import { describe, expect, it } from 'vitest';
import { isIntegerImage, isUnsigned, storedType } from '../../lib/radiomics/storedType.ts';
import type { Volume, VoxelArray } from '../../lib/volume/volume.ts';

const image = (data: VoxelArray, datatype?: string): Volume => {
  const volume: Volume = { data, shape: [2, 1, 1], spacingMm: [1, 1, 1], affine: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0] };
  return datatype === undefined ? volume : Object.assign(volume, { header: { datatype, encoding: 'gzip' } });
};

describe('the stored type of an image', () => {
  it('is one of integers in memory, or by the header of doubles that are whole', () => {
    expect([Int16Array.of(1, 2), Uint8Array.of(1, 2)].map((data) => isIntegerImage(image(data)))).toEqual([true, true]);
    expect([Float32Array.of(1, 2), Float64Array.of(1, 2)].some((data) => isIntegerImage(image(data)))).toBe(false);
    expect(isIntegerImage(image(Float64Array.of(1, 2), 'int64'))).toBe(true);
    expect(isIntegerImage(image(Float64Array.of(1, 2.5), 'int64'))).toBe(false);
    expect(isIntegerImage(image(Float64Array.of(1, 2), 'float64'))).toBe(false);
  });

  it('has nothing below 0 where it is unsigned', () => {
    expect(isUnsigned(image(Uint16Array.of(1, 2)))).toBe(true);
    expect(isUnsigned(image(Int16Array.of(1, 2)))).toBe(false);
    expect(['int64', 'uint64'].map((type) => isUnsigned(image(Float64Array.of(1, 2), type)))).toEqual([false, true]);
  });

  it('is all that images made of another keep of its header', () => {
    expect(storedType(image(Float64Array.of(1, 2), 'int64'))).toEqual({ header: { datatype: 'int64' } });
    expect(storedType(image(Float64Array.of(1, 2)))).toEqual({});
  });
});
