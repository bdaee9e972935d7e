/** NRRD files made by hand for tests, from the format's description alone. */
import { gzipSync } from 'node:zlib';
import type { VoxelArray } from '../../lib/volume/volume.ts';

/** Fields of the header by name; undefined leaves one out. */
export type NrrdFields = Record<string, string | undefined>;

export const defaults: NrrdFields = {
  type: 'short',
  dimension: '3',
  sizes: '2 3 4',
  endian: 'little',
  encoding: 'raw',
};

export function nrrdHeader(fields: NrrdFields = {}, { magic = 'NRRD0004', more = '', lineEnd = '\n' } = {}): string {
  const lines = Object.entries({ ...defaults, ...fields })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}: ${value}`);
  return [magic, ...lines, ...(more ? [more] : []), ''].join(lineEnd);
}

export const nrrd = (
  voxels: Uint8Array | string,
  fields: NrrdFields = {},
  options: Parameters<typeof nrrdHeader>[1] = {},
): Buffer =>
  Buffer.concat([
    Buffer.from(nrrdHeader(fields, options)),
    Buffer.from(options.lineEnd ?? '\n'),
    Buffer.from(voxels as Uint8Array),
  ]);

/** The bytes of numbers in one byte order. */
export function bytesOf(values: VoxelArray | BigInt64Array | BigUint64Array, bigEndian: boolean): Buffer {
  const bytes = Buffer.from(values.buffer.slice(values.byteOffset, values.byteOffset + values.byteLength));
  for (let at = 0; bigEndian && at < bytes.length; at += values.BYTES_PER_ELEMENT)
    bytes.subarray(at, at + values.BYTES_PER_ELEMENT).reverse();
  return bytes;
}

/** How a writer packs voxels under each encoding. */
export const encoders: Record<string, (bytes: Buffer, values: ArrayLike<number | bigint>) => Buffer> = {
  raw: (bytes) => bytes,
  gzip: (bytes) => gzipSync(bytes),
  hex: (bytes) => Buffer.from(bytes.toString('hex').replace(/(.{70})/g, '$1\n')),
  text: (_, values) =>
    Buffer.from(Array.from(values as ArrayLike<number>, (v) => (Object.is(v, -0) ? '-0' : String(v))).join('\n')),
};
