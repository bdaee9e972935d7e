/** The types of stored voxels: which are read and written, and how their bytes become an array of numbers. */
import type { VoxelArray } from '../volume/volume.ts';
import { swapToNative } from './bytes.ts';

/** Typed arrays that a file can hold; 64-bit integers become doubles when read, as in nibabel's get_fdata. */
export type StoredArray = VoxelArray | BigInt64Array | BigUint64Array;

interface StoredArrayConstructor {
  new (length: number): StoredArray;
  new (buffer: ArrayBuffer, byteOffset?: number, length?: number): StoredArray;
}

export interface VoxelType {
  /** NIfTI's datatype code. */
  readonly code: number;
  /** NumPy's name. */
  readonly name: string;
  readonly bytes: number;
  readonly array: StoredArrayConstructor;
}

const types: readonly VoxelType[] = [
  { code: 2, name: 'uint8', bytes: 1, array: Uint8Array },
  { code: 4, name: 'int16', bytes: 2, array: Int16Array },
  { code: 8, name: 'int32', bytes: 4, array: Int32Array },
  { code: 16, name: 'float32', bytes: 4, array: Float32Array },
  { code: 64, name: 'float64', bytes: 8, array: Float64Array },
  { code: 256, name: 'int8', bytes: 1, array: Int8Array },
  { code: 512, name: 'uint16', bytes: 2, array: Uint16Array },
  { code: 768, name: 'uint32', bytes: 4, array: Uint32Array },
  { code: 1024, name: 'int64', bytes: 8, array: BigInt64Array },
  { code: 1280, name: 'uint64', bytes: 8, array: BigUint64Array },
];

/** By NIfTI datatype code. */
export const voxelTypes: Readonly<Record<number, VoxelType>> = Object.fromEntries(
  types.map((type) => [type.code, type]),
);

/** What a message says of them. */
export const readableTypes = 'integer or floating-point voxels of 8 to 64 bits';

/** Codes that exist and are not one number a voxel, or not one that JavaScript has. */
export const refusedTypes: Readonly<Record<number, string>> = {
  0: 'voxels of unknown type',
  1: 'binary voxels of 1 bit',
  32: 'complex64 voxels',
  128: 'RGB voxels',
  255: 'datatype "all"',
  1536: 'float128 voxels',
  1792: 'complex128 voxels',
  2048: 'complex256 voxels',
  2304: 'RGBA voxels',
};

/** The type that an array is written as. */
export const voxelTypeOf = (data: StoredArray): VoxelType => types.find(({ array }) => data instanceof array)!;

/** 64-bit integers to the nearest doubles: high and low half are summed, which rounds once, and faster than BigInt. */
function doublesOf64BitIntegers(buffer: ArrayBuffer, signed: boolean): Float64Array {
  const low = new Uint32Array(buffer);
  const high = signed ? new Int32Array(buffer) : low;
  const out = new Float64Array(low.length / 2);
  for (let i = 0; i < out.length; i++) out[i] = high[2 * i + 1]! * 4294967296 + low[2 * i]!;
  return out;
}

/** True if every scaled value of an 8- or 16-bit integer type is an integer below 2^24: exact in single precision. */
function fitsSinglePrecision(type: VoxelType, slope: number, intercept: number): boolean {
  return (
    type.bytes <= 2 &&
    Number.isInteger(slope) &&
    Number.isInteger(intercept) &&
    Math.abs(slope) * 65536 + Math.abs(intercept) < 2 ** 24
  );
}

/** Bytes of memory that decodeVoxels needs for `count` voxels, the stored ones included. */
export function decodedBytes(type: VoxelType, count: number, slope = 1, intercept = 0): number {
  const widened = type.name.endsWith('int64') ? 8 : 0;
  if (slope === 1 && intercept === 0) return count * (type.bytes + widened);
  return count * (type.bytes + widened + (fitsSinglePrecision(type, slope, intercept) ? 4 : 8));
}

/**
 * Turns stored bytes (swapped in place if need be) into numbers: the stored type itself where there is no scaling,
 * Float64Array for 64-bit integers and for scaled values (Float32Array where that is exact, such as CT numbers
 * stored with an offset of -1024).
 */
export function decodeVoxels(
  bytes: Buffer,
  type: VoxelType,
  { littleEndian, slope = 1, intercept = 0 }: { littleEndian: boolean; slope?: number; intercept?: number },
): VoxelArray {
  if (!littleEndian) swapToNative(bytes, type.bytes);
  const buffer = bytes.buffer as ArrayBuffer;
  const stored = type.name.endsWith('int64')
    ? doublesOf64BitIntegers(buffer, type.name === 'int64')
    : (new type.array(buffer) as VoxelArray);
  if (slope === 1 && intercept === 0) return stored;
  const out = new (fitsSinglePrecision(type, slope, intercept) ? Float32Array : Float64Array)(stored.length);
  for (let i = 0; i < out.length; i++) out[i] = stored[i]! * slope + intercept;
  return out;
}

/** How many values are NaN or infinite; integers never are. */
export function countNonFinite(data: VoxelArray): number {
  if (!(data instanceof Float32Array) && !(data instanceof Float64Array)) return 0;
  let count = 0;
  // x - x is 0 for every finite x and NaN otherwise.
  for (let i = 0; i < data.length; i++) if (data[i]! - data[i]! !== 0) count++;
  return count;
}
