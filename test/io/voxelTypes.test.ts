/** Voxel types: codes from nifti1.h, values by hand. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  countNonFinite,
  decodedBytes,
  decodeVoxels,
  refusedTypes,
  voxelTypeOf,
  voxelTypes,
} from '../../lib/io/voxelTypes.ts';
import { bytesOf } from '../scan/makeNrrd.ts';

const plain = { littleEndian: true, slope: 1, intercept: 0 };

describe('voxelTypes', () => {
  it('has the ten codes of nifti1.h for one number a voxel; the others are refused by a name', () => {
    const names = Object.entries(voxelTypes).map(([code, { name, bytes }]) => `${code} ${name} ${bytes}`);
    expect(names).toEqual([
      '2 uint8 1',
      '4 int16 2',
      '8 int32 4',
      '16 float32 4',
      '64 float64 8',
      '256 int8 1',
      '512 uint16 2',
      '768 uint32 4',
      '1024 int64 8',
      '1280 uint64 8',
    ]);
    for (const code of Object.keys(refusedTypes)) expect(voxelTypes[Number(code)]).toBeUndefined();
  });
  it('finds the type that an array is written as', () => {
    expect(voxelTypeOf(new Uint8Array(1)).code).toBe(2);
    expect(voxelTypeOf(new Int16Array(1)).code).toBe(4);
    expect(voxelTypeOf(new Float64Array(1)).code).toBe(64);
  });
});

describe('decodeVoxels', () => {
  it('leaves the stored type where nothing is scaled', () => {
    const values = Int16Array.of(-32768, -1, 0, 32767);
    expect(decodeVoxels(bytesOf(values, false), voxelTypes[4]!, plain)).toEqual(values);
    expect(decodeVoxels(bytesOf(values, true), voxelTypes[4]!, { ...plain, littleEndian: false })).toEqual(values);
  });
  it('makes 64-bit integers the nearest doubles', () => {
    // 2⁶³ + 1025 lies between the doubles 2⁶³ and 2⁶³ + 2048, nearer to the second.
    const unsigned = bytesOf(BigUint64Array.of(5n, 2n ** 63n + 1025n), false);
    expect(decodeVoxels(unsigned, voxelTypes[1280]!, plain)).toEqual(Float64Array.of(5, 2 ** 63 + 2048));
    const signed = bytesOf(BigInt64Array.of(-1n, -(2n ** 63n)), false);
    expect(decodeVoxels(signed, voxelTypes[1024]!, plain)).toEqual(Float64Array.of(-1, -(2 ** 63)));
  });
  it('rounds every 64-bit integer as JavaScript does', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.boolean(), (value, bigEndian) => {
        const header = { ...plain, littleEndian: !bigEndian };
        const signed = bytesOf(BigInt64Array.of(value), bigEndian);
        expect(decodeVoxels(signed, voxelTypes[1024]!, header)[0]).toBe(Number(value));
        const unsigned = bytesOf(BigUint64Array.of(BigInt.asUintN(64, value)), bigEndian);
        expect(decodeVoxels(unsigned, voxelTypes[1280]!, header)[0]).toBe(Number(BigInt.asUintN(64, value)));
      }),
    );
  });
  it('scales in double precision, in single where that is exact', () => {
    const bytes = (): Buffer => bytesOf(Int16Array.of(0, 1000), false);
    // Integers up to 65536 · 1 + 1024 are below 2²⁴; a tenth is not exact.
    const shifted = decodeVoxels(bytes(), voxelTypes[4]!, { ...plain, intercept: -1024 });
    expect(shifted).toEqual(Float32Array.of(-1024, -24));
    const tenths = decodeVoxels(bytes(), voxelTypes[4]!, { ...plain, slope: 0.1, intercept: 3 });
    expect(tenths).toEqual(Float64Array.of(3, 1000 * 0.1 + 3));
    // 256 · 65536 = 2²⁴ is too large.
    expect(decodeVoxels(bytes(), voxelTypes[4]!, { ...plain, slope: 256 })).toEqual(Float64Array.of(0, 256_000));
  });
});

describe('decodedBytes', () => {
  it('counts the stored voxels and what they become', () => {
    expect(decodedBytes(voxelTypes[4]!, 10, 1, 0)).toBe(20); // int16 as it is
    expect(decodedBytes(voxelTypes[4]!, 10, 1, -1024)).toBe(60); // and float32
    expect(decodedBytes(voxelTypes[4]!, 10, 0.1, 0)).toBe(100); // and float64
    expect(decodedBytes(voxelTypes[1024]!, 10, 1, 0)).toBe(160); // int64 and float64
    expect(decodedBytes(voxelTypes[1024]!, 10, 2, 0)).toBe(240); // and another float64
  });
});

describe('countNonFinite', () => {
  it('counts NaN and infinities; integers have none', () => {
    expect(countNonFinite(Float32Array.of(1, NaN, Infinity, -Infinity, 1e38))).toBe(3);
    expect(countNonFinite(Float64Array.of(Number.MAX_VALUE, NaN))).toBe(1);
    expect(countNonFinite(Uint8Array.of(0, 255))).toBe(0);
  });
});
