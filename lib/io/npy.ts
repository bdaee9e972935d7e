/**
 * NumPy's .npy format, versions 1.0 to 3.0: magic, a Python dict with type, order and shape, then the bare numbers.
 * Source: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
import { expected } from '../errors.ts';
import { bytesOf, swapToNative } from './bytes.ts';
import { fileKind } from './fileKind.ts';
import { readBytes } from './files.ts';
import { type StoredArray, type VoxelType, voxelTypeOf, voxelTypes } from './voxelTypes.ts';

/** An array in C order: the last axis is fastest. */
export interface NpyArray {
  readonly data: StoredArray;
  readonly shape: readonly number[];
}

/** NumPy's code of a type without the byte order, such as `f4`. */
const codeOf = ({ name, bytes }: VoxelType): string => `${name[0]}${bytes}`;

/** By that code. Booleans are read as 0 and 1. */
const typesByCode = new Map(Object.values(voxelTypes).map((type) => [codeOf(type), type]));
typesByCode.set('b1', typesByCode.get('u1')!);

const magic = Buffer.from('\x93NUMPY', 'latin1');
/** The data begin at a multiple of this, so that they can be mapped into memory. */
const alignment = 64;

const elementCount = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** What stands before the numbers of a .npy file: version 1.0, C order, little-endian. */
export function npyHeader(type: VoxelType, shape: readonly number[]): Uint8Array {
  const axes = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const descr = `${type.bytes === 1 ? '|' : '<'}${codeOf(type)}`;
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${axes}), }`;
  const length = Math.ceil((magic.length + 4 + text.length + 1) / alignment) * alignment - magic.length - 4;
  const head = Buffer.from([...magic, 1, 0, length & 255, length >> 8]);
  return Buffer.concat([head, Buffer.from(`${text.padEnd(length - 1)}\n`, 'latin1')]);
}

/** The bytes of a .npy file (version 1.0, C order, little-endian). `shape` may be empty: a single number. */
export function encodeNpy({ data, shape }: NpyArray): Uint8Array {
  if (data.length !== elementCount(shape))
    throw expected(`${elementCount(shape)} values for shape (${shape.join(', ')})`, `${data.length}`);
  return Buffer.concat([npyHeader(voxelTypeOf(data), shape), bytesOf(data)]);
}

/** NumPy has no arrays with more. */
const mostAxes = 64;

/** `3, 4` or `3,` as Python writes the inside of a tuple; undefined for anything else. */
function shapeOf(text: string): number[] | undefined {
  const parts = text.split(',').map((part) => part.trim());
  if (parts.at(-1) === '') parts.pop();
  const isTuple = parts.every((part) => /^\d+L?$/.test(part)) && (parts.length !== 1 || text.includes(','));
  return isTuple ? parts.map((part) => Number.parseInt(part, 10)) : undefined;
}

interface NpyHeader {
  readonly type: VoxelType;
  /** As in the file: `b1` is read as `u1`. */
  readonly code: string;
  readonly bigEndian: boolean;
  readonly fortran: boolean;
  readonly shape: number[];
  readonly offset: number;
}

function parseHeader(bytes: Buffer, file?: string): NpyHeader {
  if (bytes.length < 10 || !bytes.subarray(0, 6).equals(magic))
    throw expected('an .npy file', fileKind(bytes) ?? `${bytes.length} bytes without its magic`, file);
  const version = bytes[6]!;
  if (version < 1 || version > 3) throw expected('.npy version 1, 2 or 3', `${version}.${bytes[7]}`, file);
  const start = version === 1 ? 10 : 12;
  if (bytes.length < start) throw expected(`${start} bytes of .npy header`, `${bytes.length}`, file);
  const offset = start + (version === 1 ? bytes.readUInt16LE(8) : bytes.readUInt32LE(8));
  if (bytes.length < offset) throw expected(`${offset} bytes of .npy header`, `${bytes.length}`, file);
  const text = bytes.toString('latin1', start, offset);
  for (const key of ["'descr'", "'fortran_order'", "'shape'"])
    if (text.split(`${key}:`).length > 2) throw expected(`one ${key} in the .npy header`, text.trim(), file);
  const descr = /'descr':\s*'([<>|=])([a-zA-Z]\d+)'/.exec(text);
  const order = /'fortran_order':\s*(True|False)/.exec(text);
  const axes = /'shape':\s*\(([\d,\sL]*)\)/.exec(text);
  const shape = axes && shapeOf(axes[1]!);
  if (!order || !shape) throw expected('an .npy header with fortran_order and shape', text.trim(), file);
  if (shape.length > mostAxes) throw expected(`at most ${mostAxes} axes`, `${shape.length}`, file);
  const type = typesByCode.get(descr?.[2] ?? '');
  if (!descr || !type) throw expected('an array of plain numbers', `the type in ${text.trim()}`, file);
  return { type, code: descr[2]!, bigEndian: descr[1] === '>', fortran: order[1] === 'True', shape, offset };
}

/** Reorders from first axis fastest to last axis fastest. */
function fortranToC(data: StoredArray, shape: readonly number[]): StoredArray {
  const out = data.slice();
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

/** The numbers where they lie in the file's bytes; undefined where they must be moved, to be aligned or turned. */
function viewData(buffer: Buffer, { type, bigEndian, offset, shape }: NpyHeader): StoredArray | undefined {
  if (bigEndian || (buffer.byteOffset + offset) % type.bytes !== 0) return undefined;
  return new type.array(buffer.buffer as ArrayBuffer, buffer.byteOffset + offset, elementCount(shape));
}

function copyData(buffer: Buffer, { type, bigEndian, offset, shape }: NpyHeader): StoredArray {
  const own = Buffer.allocUnsafeSlow(buffer.length - offset);
  buffer.copy(own, 0, offset);
  if (bigEndian) swapToNative(own, type.bytes);
  return new type.array(own.buffer as ArrayBuffer, 0, elementCount(shape));
}

/**
 * Decodes the bytes of a .npy file of integers, floats or booleans, either order and byte order, into C order.
 * The result has its own memory, unless `shared`: then it may be a part of `bytes`, which saves a copy.
 * Throws a UserError on structured, complex, half-precision or object types, and when bytes are missing or left over.
 */
export function decodeNpy(bytes: Uint8Array, file?: string, { shared = false } = {}): NpyArray {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const header = parseHeader(buffer, file);
  const { type, code, fortran, shape, offset } = header;
  const byteCount = elementCount(shape) * type.bytes;
  if (buffer.length - offset !== byteCount) {
    const wanted = `${byteCount} bytes of data for shape (${shape.join(', ')}) and type ${code}`;
    throw expected(wanted, `${buffer.length - offset}`, file);
  }
  const data = (shared ? viewData(buffer, header) : undefined) ?? copyData(buffer, header);
  return { data: fortran && shape.length > 1 ? fortranToC(data, shape) : data, shape };
}

/** Reads a .npy file; see decodeNpy. */
export async function readNpy(file: string): Promise<NpyArray> {
  return decodeNpy(await readBytes(file, 'an .npy file'), file, { shared: true });
}
