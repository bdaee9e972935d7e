/**
 * Headers of MetaImage files (.mha, .mhd) of one scalar 3-D volume: lines `Key = Value`, the last of which names the
 * voxels. Format: https://itk.org/Wiki/MetaIO/Documentation. As in ITK the frame is left-posterior-superior whatever
 * AnatomicalOrientation says, and keys that the format does not have are left alone.
 */
import { expected, shownText } from '../errors.ts';
import { readableTypes, type VoxelType, voxelTypes } from '../io/voxelTypes.ts';
import { times } from '../volume/vectors.ts';
import { type Affine, affineOfLps, spacingOf, spansSpace, type Vec3 } from '../volume/volume.ts';

export interface MetaImageHeader {
  readonly type: VoxelType;
  readonly littleEndian: boolean;
  readonly isCompressed: boolean;
  /** CompressedDataSize; undefined where the header does not say. */
  readonly packedSize?: number;
  readonly shape: Vec3;
  readonly spacingMm: Vec3;
  readonly affine: Affine;
  /** The file that holds the voxels, as the header names it; undefined where they follow the header. */
  readonly dataFile: string | undefined;
  /** Bytes before the voxels; -1: the voxels are the last bytes of their file. */
  readonly byteSkip: number;
}

/** NumPy's names; MET_LONG has four bytes on every system. */
const typeNames: Readonly<Record<string, string>> = {
  MET_CHAR: 'int8',
  MET_UCHAR: 'uint8',
  MET_SHORT: 'int16',
  MET_USHORT: 'uint16',
  MET_INT: 'int32',
  MET_UINT: 'uint32',
  MET_LONG: 'int32',
  MET_ULONG: 'uint32',
  MET_LONG_LONG: 'int64',
  MET_ULONG_LONG: 'uint64',
  MET_FLOAT: 'float32',
  MET_DOUBLE: 'float64',
};

/** The keys that are looked at; what others say, such as those of another format that ITK hands on, does not matter. */
const knownKeys: ReadonlySet<string> = new Set([
  ...['ObjectType', 'NDims', 'BinaryData', 'HeaderSize', 'BinaryDataByteOrderMSB', 'ElementByteOrderMSB'],
  ...['CompressedData', 'CompressedDataSize', 'DimSize', 'ElementSpacing', 'ElementSize', 'ElementType'],
  ...['TransformMatrix', 'Rotation', 'Orientation', 'Offset', 'Position', 'Origin'],
  ...['ElementNumberOfChannels', 'ElementDataFile'],
]);

class Fields {
  readonly #values = new Map<string, string>();
  readonly #file: string;

  constructor(lines: readonly string[], file: string) {
    this.#file = file;
    for (const line of lines) {
      const [, key, value] = /^\s*(\w[^=]*?)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
      if (key === undefined) throw this.refusal('MetaImage header lines such as NDims = 3', shownText(line));
      if (!knownKeys.has(key)) continue;
      if (this.#values.has(key)) throw this.refusal(`one ${key}`, 'two');
      this.#values.set(key, value!);
    }
  }

  refusal(what: string, found: string): Error {
    return expected(what, found, this.#file);
  }

  /** The value under the first of several names that is there. */
  get(...names: readonly string[]): string | undefined {
    return names.map((name) => this.#values.get(name)).find((value) => value !== undefined);
  }

  required(name: string): string {
    const value = this.get(name);
    if (value === undefined) throw this.refusal(`the MetaImage field ${name}`, 'none');
    return value;
  }

  numbers(count: number, ...names: readonly string[]): number[] | undefined {
    const text = this.get(...names);
    if (text === undefined) return undefined;
    const numbers = text.split(/\s+/).map((part) => (part === '' ? Number.NaN : Number(part)));
    if (numbers.length === count && numbers.every(Number.isFinite)) return numbers;
    throw this.refusal(`${names[0]} of ${count} finite numbers`, shownText(text));
  }

  flag(fallback: boolean, ...names: readonly string[]): boolean {
    const text = this.get(...names) ?? (fallback ? 'True' : 'False');
    if (/^(true|1)$/i.test(text)) return true;
    if (/^(false|0)$/i.test(text)) return false;
    throw this.refusal(`${names[0]} to be True or False`, shownText(text));
  }
}

function typeOf(fields: Fields): VoxelType {
  const name = fields.required('ElementType');
  const wanted = Object.hasOwn(typeNames, name) ? typeNames[name] : undefined;
  const type = Object.values(voxelTypes).find((each) => each.name === wanted);
  if (!type) throw fields.refusal(readableTypes, `ElementType ${shownText(name)}`);
  if ((fields.get('ElementNumberOfChannels') ?? '1') !== '1')
    throw fields.refusal('one number a voxel', `${shownText(fields.get('ElementNumberOfChannels')!)} channels`);
  return type;
}

function shapeOf(fields: Fields): Vec3 {
  const dimensions = fields.required('NDims');
  if (dimensions !== '3') throw fields.refusal('one 3-D volume', `NDims = ${shownText(dimensions)}`);
  fields.required('DimSize');
  const sizes = fields.numbers(3, 'DimSize')!;
  if (sizes.every((n) => Number.isSafeInteger(n) && n >= 1)) return sizes as unknown as Vec3;
  throw fields.refusal('three sizes of 1 or more', sizes.join(' '));
}

/** The matrix has the directions of x, y and z one after the other. */
function affineOf(fields: Fields): Affine {
  const spacing = fields.numbers(3, 'ElementSpacing', 'ElementSize') ?? [1, 1, 1];
  if (!spacing.every((s) => s !== 0)) throw fields.refusal('three spacings that are not 0', spacing.join(' '));
  const directions = fields.numbers(9, 'TransformMatrix', 'Rotation', 'Orientation') ?? [1, 0, 0, 0, 1, 0, 0, 0, 1];
  const origin = fields.numbers(3, 'Offset', 'Position', 'Origin') ?? [0, 0, 0];
  const step = (axis: 0 | 1 | 2): Vec3 =>
    times(directions.slice(3 * axis, 3 * axis + 3) as unknown as Vec3, spacing[axis]!);
  return affineOfLps([step(0), step(1), step(2), origin as unknown as Vec3]);
}

function dataFileOf(fields: Fields): string | undefined {
  const text = fields.required('ElementDataFile');
  if (text === 'LOCAL') return undefined;
  if (text === 'LIST' || /%\d*d/.test(text)) throw fields.refusal('one data file', `several (${shownText(text)})`);
  if (!text) throw fields.refusal('the name of the data file', 'nothing');
  return text;
}

/**
 * Parses and checks the lines of a header up to ElementDataFile. Throws a UserError that names the file for everything
 * that is not one scalar 3-D volume, and for voxels written as text.
 */
export function parseMetaImageHeader(lines: readonly string[], file: string): MetaImageHeader {
  const fields = new Fields(lines, file);
  const kind = fields.get('ObjectType') ?? 'Image';
  if (kind !== 'Image') throw fields.refusal('a MetaImage of ObjectType Image', shownText(kind));
  if (!fields.flag(true, 'BinaryData')) throw fields.refusal('binary voxels (BinaryData = True)', 'text');
  const affine = affineOf(fields);
  if (!spansSpace(affine))
    throw fields.refusal('three directions in three dimensions', shownText(fields.get('TransformMatrix') ?? ''));
  const byteSkip = fields.numbers(1, 'HeaderSize')?.[0] ?? 0;
  if (!Number.isSafeInteger(byteSkip) || byteSkip < -1)
    throw fields.refusal('HeaderSize to be a whole number of -1 or more', String(byteSkip));
  return {
    type: typeOf(fields),
    littleEndian: !fields.flag(false, 'BinaryDataByteOrderMSB', 'ElementByteOrderMSB'),
    isCompressed: fields.flag(false, 'CompressedData'),
    packedSize: fields.numbers(1, 'CompressedDataSize')?.[0],
    shape: shapeOf(fields),
    spacingMm: spacingOf(affine),
    affine,
    dataFile: dataFileOf(fields),
    byteSkip,
  };
}
