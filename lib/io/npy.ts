/**
 * NumPy's .npy format, versions 1.0 to 3.0: magic, a Python dict with type, order and shape, then the bare numbers.
 * Source: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
import { readFile } from 'node:fs/promises';
import { expected } from '../errors.ts';
import type { VoxelArray } from '../volume/volume.ts';
import { swapToNative } from './bytes.ts';
import { explainReadError, writeFileAtomic } from './files.ts';

/** The arrays that .npy files can hold here. */
export type NpyData = VoxelArray | BigInt64Array | BigUint64Array;

/** An array in C order: the last axis is fastest. */
export interface NpyArray {
  readonly data: NpyData;
  readonly shape: readonly number[];
}

type NpyDataConstructor = {
  new (buffer: ArrayBuffer, offset?: number, length?: number): NpyData;
  new (length: number): NpyData;
  readonly BYTES_PER_ELEMENT: number;
};

/** NumPy's type codes without the byte order. Booleans are read as 0 and 1. */
const constructors: Record<string, NpyDataConstructor> = {
  b1: Uint8Array,
  i1: Int8Array,
  u1: Uint8Array,
  i2: Int16Array,
  u2: Uint16Array,
  i4: Int32Array,
  u4: Uint32Array,
  i8: BigInt64Array,
  u8: BigUint64Array,
  f4: Float32Array,
  f8: Float64Array,
};
const magic = Buffer.from('\x93NUMPY', 'latin1');
/** The data begin at a multiple of this, so that they can be mapped into memory. */
const alignment = 64;

const elementCount = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

function typeCodeOf(data: NpyData): string {
  const kind =
    data instanceof Float32Array || data instanceof Float64Array
      ? 'f'
      : data.constructor.name.includes('Uint')
        ? 'u'
        : 'i';
  return `${data.BYTES_PER_ELEMENT === 1 ? '|' : '<'}${kind}${data.BYTES_PER_ELEMENT}`;
}

function headerOf({ data, shape }: NpyArray): Buffer {
  const axes = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const text = `{'descr': '${typeCodeOf(data)}', 'fortran_order': False, 'shape': (${axes}), }`;
  const length = Math.ceil((magic.length + 4 + text.length + 1) / alignment) * alignment - magic.length - 4;
  const head = Buffer.from([...magic, 1, 0, length & 255, length >> 8]);
  return Buffer.concat([head, Buffer.from(`${text.padEnd(length - 1)}\n`, 'latin1')]);
}

const bytesOf = (data: NpyData): Uint8Array => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

function checkLength({ data, shape }: NpyArray): void {
  if (data.length !== elementCount(shape))
    throw expected(`${elementCount(shape)} values for shape (${shape.join(', ')})`, `${data.length}`);
}

/** The bytes of a .npy file (version 1.0, C order, little-endian). `shape` may be empty: a single number. */
export function encodeNpy(array: NpyArray): Uint8Array {
  checkLength(array);
  return Buffer.concat([headerOf(array), bytesOf(array.data)]);
}

/** Writes a .npy file atomically. */
export async function writeNpy(file: string, array: NpyArray): Promise<void> {
  checkLength(array);
  await writeFileAtomic(file, [headerOf(array), bytesOf(array.data)]);
}

interface NpyHeader {
  readonly code: string;
  readonly bigEndian: boolean;
  readonly fortran: boolean;
  readonly shape: number[];
  readonly offset: number;
}

function parseHeader(bytes: Buffer, file?: string): NpyHeader {
  if (bytes.length < 10 || !bytes.subarray(0, 6).equals(magic))
    throw expected('an .npy file', `${bytes.length} bytes without its magic`, file);
  const version = bytes[6]!;
  if (version < 1 || version > 3) throw expected('.npy version 1, 2 or 3', `${version}.${bytes[7]}`, file);
  const start = version === 1 ? 10 : 12;
  if (bytes.length < start) throw expected(`${start} bytes of .npy header`, `${bytes.length}`, file);
  const offset = start + (version === 1 ? bytes.readUInt16LE(8) : bytes.readUInt32LE(8));
  if (bytes.length < offset) throw expected(`${offset} bytes of .npy header`, `${bytes.length}`, file);
  const text = bytes.toString('latin1', start, offset);
  const descr = /'descr':\s*'([<>|=])([a-zA-Z]\d+)'/.exec(text);
  const order = /'fortran_order':\s*(True|False)/.exec(text);
  const axes = /'shape':\s*\(([\d,\sL]*)\)/.exec(text);
  if (!order || !axes) throw expected('an .npy header with fortran_order and shape', text.trim(), file);
  if (!descr || !constructors[descr[2]!])
    throw expected('an array of plain numbers', `the type in ${text.trim()}`, file);
  const shape = axes[1]!
    .split(',')
    .map((axis) => axis.trim())
    .filter(Boolean)
    .map((axis) => parseInt(axis, 10));
  return { code: descr[2]!, bigEndian: descr[1] === '>', fortran: order[1] === 'True', shape, offset };
}

/** Reorders from first axis fastest to last axis fastest. */
function fortranToC(data: NpyData, shape: readonly number[]): NpyData {
  const out = new (data.constructor as NpyDataConstructor)(data.length);
  const strides = shape.map((_, axis) => elementCount(shape.slice(0, axis)));
  const index = shape.map(() => 0);
  for (let i = 0, from = 0; i < data.length; i++) {
    out[i] = data[from]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis]!;
      if (++index[axis]! < shape[axis]!) break;
      from -= strides[axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
  return out;
}

/** The numbers where they lie in the bytes of the file, or undefined where they must be moved: to be aligned or turned round. */
function viewData(buffer: Buffer, { code, bigEndian, offset, shape }: NpyHeader): NpyData | undefined {
  const type = constructors[code]!;
  if (bigEndian || (buffer.byteOffset + offset) % type.BYTES_PER_ELEMENT !== 0) return undefined;
  return new type(buffer.buffer as ArrayBuffer, buffer.byteOffset + offset, elementCount(shape));
}

function copyData(buffer: Buffer, { code, bigEndian, offset, shape }: NpyHeader): NpyData {
  const type = constructors[code]!;
  const own = Buffer.allocUnsafeSlow(buffer.length - offset);
  buffer.copy(own, 0, offset);
  if (bigEndian) swapToNative(own, type.BYTES_PER_ELEMENT);
  return new type(own.buffer as ArrayBuffer, 0, elementCount(shape));
}

/**
 * Decodes the bytes of a .npy file of integers, floats or booleans, either order and byte order, into C order.
 * The result has its own memory, unless `shared`: then it may be a part of `bytes`, which saves a copy.
 * Throws a UserError on structured, complex, half-precision or object types, and when bytes are missing or left over.
 */
export function decodeNpy(bytes: Uint8Array, file?: string, { shared = false } = {}): NpyArray {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const header = parseHeader(buffer, file);
  const { code, fortran, shape, offset } = header;
  const byteCount = elementCount(shape) * constructors[code]!.BYTES_PER_ELEMENT;
  if (buffer.length - offset !== byteCount) {
    throw expected(
      `${byteCount} bytes of data for shape (${shape.join(', ')}) and type ${code}`,
      `${buffer.length - offset}`,
      file,
    );
  }
  const data = (shared ? viewData(buffer, header) : undefined) ?? copyData(buffer, header);
  return { data: fortran && shape.length > 1 ? fortranToC(data, shape) : data, shape };
}

/** Reads a .npy file; see decodeNpy. */
export async function readNpy(file: string): Promise<NpyArray> {
  const bytes = await readFile(file).catch((error) => {
    throw explainReadError(error, 'an .npy file', file);
  });
  return decodeNpy(bytes, file, { shared: true });
}
