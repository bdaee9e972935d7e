/**
 * Headers of NRRD files, versions 1 to 5, of one scalar 3-D volume. Format:
 * https://teem.sourceforge.net/nrrd/format.html. What the format leaves open is read as ITK does (space absent or
 * without anatomy: left-posterior-superior). Where that gives a number for a grid that the header does not describe,
 * the file is refused.
 */
import { expected } from '../errors.ts';
import { readableTypes, type VoxelType, voxelTypes } from '../io/voxelTypes.ts';
import { type Affine, affineOfLps, spacingOf, spansSpace, type Vec3 } from '../volume/volume.ts';

export type NrrdEncoding = 'raw' | 'gzip' | 'text' | 'hex';

export interface NrrdHeader {
  readonly version: number;
  readonly type: VoxelType;
  readonly littleEndian: boolean;
  readonly encoding: NrrdEncoding;
  readonly shape: Vec3;
  readonly spacingMm: Vec3;
  readonly affine: Affine;
  /** Whether the header has a spacing for each axis; `spacingMm` says 1 where it has none. */
  readonly givesSpacing: boolean;
  /** The file that holds the voxels, as the header names it; undefined where they follow the header. */
  readonly dataFile: string | undefined;
  readonly lineSkip: number;
  /** -1: the voxels are the last bytes of their file. */
  readonly byteSkip: number;
  /** The anatomical space as the header names it. Lengths are never converted, whatever `space units` say. */
  readonly space: string | undefined;
  readonly spaceUnits: string | undefined;
  /** Key/value pairs (`key:=value`) with their escapes undone. */
  readonly keyValues: Readonly<Record<string, string>>;
}

/** Identifiers of the format; another one is damage. `data file` and the like are found without their space. */
const identifiers: readonly string[] = `
  dimension type blocksize encoding endian content oldmin oldmax min max datafile lineskip byteskip number sampleunits
  sizes spacings thicknesses axismins axismaxs centers centerings labels units kinds
  space spacedimension spaceunits spaceorigin spacedirections measurementframe
`
  .trim()
  .split(/\s+/);

/** Every name that the format has for a type, under NumPy's. */
const typeNames: Record<string, readonly string[]> = {
  int8: ['signed char', 'int8', 'int8_t'],
  uint8: ['uchar', 'unsigned char', 'uint8', 'uint8_t'],
  int16: ['short', 'short int', 'signed short', 'signed short int', 'int16', 'int16_t'],
  uint16: ['ushort', 'unsigned short', 'unsigned short int', 'uint16', 'uint16_t'],
  int32: ['int', 'signed int', 'int32', 'int32_t'],
  uint32: ['uint', 'unsigned int', 'uint32', 'uint32_t'],
  int64: ['longlong', 'long long', 'long long int', 'signed long long', 'signed long long int', 'int64', 'int64_t'],
  uint64: ['ulonglong', 'unsigned long long', 'unsigned long long int', 'uint64', 'uint64_t'],
  float32: ['float'],
  float64: ['double'],
};

const encodings: Readonly<Record<NrrdEncoding, readonly string[]>> = {
  raw: ['raw'],
  gzip: ['gzip', 'gz'],
  text: ['text', 'txt', 'ascii'],
  hex: ['hex'],
};

/** The key under which a list has the name, whatever its case. */
const keyOf = <K extends string>(names: Readonly<Record<K, readonly string[]>>, name: string): K | undefined =>
  (Object.keys(names) as K[]).find((key) => names[key].includes(name.toLowerCase()));

/**
 * Signs that turn the first two axes of a space to left and posterior, ITK's inner frame. Other spaces have no anatomy.
 */
const toLps: Record<string, readonly [number, number]> = {
  'right-anterior-superior': [-1, -1],
  ras: [-1, -1],
  'left-anterior-superior': [1, -1],
  las: [1, -1],
  'left-posterior-superior': [1, 1],
  lps: [1, 1],
  'scanner-xyz': [1, 1],
  '3d-right-handed': [1, 1],
  '3d-left-handed': [1, 1],
};

/** The fields and key/value pairs of one header. */
interface Fields {
  /** Names are in lower case, without their space. */
  readonly values: ReadonlyMap<string, string>;
  readonly keyValues: Record<string, string>;
  readonly refusal: (what: string, found: string) => Error;
}

const quoted = (text: string): string => JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
const unescape = (text: string): string => text.replace(/\\([n\\])/g, (_, c: string) => (c === 'n' ? '\n' : '\\'));

function fieldsOf(lines: readonly string[], file: string): Fields {
  const values = new Map<string, string>();
  const pairs = new Map<string, string>();
  for (const line of lines) {
    const [, key, value] = /^([^:]*):=(.*)$/.exec(line) ?? [];
    const [, label, text] = /^([^:]+): *(.*)$/.exec(line) ?? [];
    const name = label?.toLowerCase().replaceAll(' ', '') ?? '';
    if (line.startsWith('#')) continue;
    if (key !== undefined) pairs.set(unescape(key), unescape(value!));
    else if (!identifiers.includes(name))
      throw expected('NRRD header lines and a blank line behind them', quoted(line), file);
    else if (values.has(name)) throw expected(`one field "${label}"`, 'two', file);
    else values.set(name, text!.trim());
  }
  return { values, keyValues: Object.fromEntries(pairs), refusal: (what, found) => expected(what, found, file) };
}

function required(fields: Fields, name: string): string {
  const value = fields.values.get(name);
  if (value === undefined) throw fields.refusal(`the NRRD field "${name}"`, 'none');
  return value;
}

/** An integer; `fallback` where the field is absent. */
function integerOf(fields: Fields, name: string, least: number, fallback: number): number {
  const text = fields.values.get(name) ?? String(fallback);
  if (!/^-?\d{1,15}$/.test(text) || Number(text) < least)
    throw fields.refusal(`"${name}" to be an integer of ${least} or more`, quoted(text));
  return Number(text);
}

function versionOf(line: string, file: string): number {
  const [, version] = /^NRRD(000[1-5]|00\.01)$/.exec(line) ?? [];
  if (!version) throw expected('an NRRD file (first line NRRD0001 to NRRD0005)', quoted(line), file);
  return version === '00.01' ? 1 : Number(version);
}

function typeOf(fields: Fields): VoxelType {
  const text = required(fields, 'type');
  const name = keyOf(typeNames, text);
  const type = Object.values(voxelTypes).find((each) => each.name === name);
  if (!type) throw fields.refusal(readableTypes, `type ${quoted(text)}`);
  return type;
}

function encodingOf(fields: Fields): NrrdEncoding {
  const text = required(fields, 'encoding');
  const encoding = keyOf(encodings, text);
  if (!encoding) throw fields.refusal('the encoding raw, gzip, text or hex', quoted(text));
  return encoding;
}

/** Needed wherever a number has several bytes; text has none. */
function isLittleEndian(fields: Fields, type: VoxelType, encoding: NrrdEncoding): boolean {
  const needed = type.bytes > 1 && encoding !== 'text';
  const text = (needed ? required(fields, 'endian') : (fields.values.get('endian') ?? 'little')).toLowerCase();
  if (text !== 'little' && text !== 'big') throw fields.refusal('the endian little or big', quoted(text));
  return text === 'little';
}

function shapeOf(fields: Fields): Vec3 {
  const dimension = required(fields, 'dimension');
  if (dimension !== '3') throw fields.refusal('one 3-D volume', `dimension ${quoted(dimension)}`);
  const text = required(fields, 'sizes');
  const sizes = text.split(/\s+/);
  if (sizes.length !== 3 || !sizes.every((size) => /^0*[1-9]\d{0,14}$/.test(size)))
    throw fields.refusal('three sizes of 1 or more', quoted(text));
  const kinds = fields.values.get('kinds')?.split(/\s+/) ?? [];
  const other = kinds.find((kind) => !['domain', 'space', 'none', '???'].includes(kind.toLowerCase()));
  if (other !== undefined)
    throw fields.refusal('one number a voxel on three spatial axes', `an axis of kind ${quoted(other)}`);
  return sizes.map(Number) as unknown as Vec3;
}

/** `(1,0,0)` as three finite numbers. */
function vectorOf(text: string, what: string, fields: Fields): Vec3 {
  const [, parts] = /^\(([^()]*)\)$/.exec(text) ?? [];
  const numbers = parts?.split(',').map((part) => (part.trim() ? Number(part) : NaN));
  if (numbers?.length !== 3 || !numbers.every(Number.isFinite))
    throw fields.refusal(`${what} as (x,y,z) with finite numbers`, quoted(text));
  return numbers as unknown as Vec3;
}

const isNan = (text: string): boolean => /^[+-]?nan$/i.test(text);
const spacingsOf = ({ values }: Fields): string[] => (values.get('spacings') ?? 'nan nan nan').split(/\s+/);

/** Columns of the grid where it has no orientation: spacings along the axes, 1 where the header does not know them. */
function columnsOfSpacings(fields: Fields): readonly Vec3[] {
  const texts = spacingsOf(fields);
  const spacings = texts.map((part) => (isNan(part) ? 1 : Number(part)));
  if (spacings.length !== 3 || !spacings.every((s) => Number.isFinite(s) && s !== 0))
    throw fields.refusal('three spacings that are not 0', quoted(texts.join(' ')));
  return spacings.map((s, axis) => [0, 1, 2].map((row) => (row === axis ? s : 0)) as unknown as Vec3);
}

function columnsOfDirections(text: string, fields: Fields): readonly Vec3[] {
  const vectors = text.match(/\([^()]*\)|[^\s()]+/g) ?? [];
  if (vectors.length !== 3) throw fields.refusal('three space directions', quoted(text));
  return vectors.map((vector) => vectorOf(vector, 'a space direction', fields));
}

/** The three space directions or spacings, the origin and the sign changes to RAS+. */
function affineOf(fields: Fields): Affine {
  const [space, directions, spacings] = ['space', 'spacedirections', 'spacings'].map((name) => fields.values.get(name));
  const range = ['axismins', 'axismaxs'].find((name) => fields.values.has(name));
  if (range) throw fields.refusal('a grid given by space directions or spacings', `the field "${range}"`);
  const frame = (space ?? 'lps').toLowerCase();
  const signs = Object.hasOwn(toLps, frame) ? toLps[frame] : undefined;
  if (!signs) throw fields.refusal('a 3-D space such as left-posterior-superior', quoted(space!));
  if (integerOf(fields, 'spacedimension', 1, 3) !== 3)
    throw fields.refusal('the space dimension 3', fields.values.get('spacedimension')!);
  if (directions !== undefined && spacings !== undefined) throw fields.refusal('space directions or spacings', 'both');
  if (space !== undefined && spacings !== undefined)
    throw fields.refusal('space directions, as there is a space', 'spacings');
  const columns = directions === undefined ? columnsOfSpacings(fields) : columnsOfDirections(directions, fields);
  const origin = vectorOf(fields.values.get('spaceorigin') ?? '(0,0,0)', 'the space origin', fields);
  const turned = ([x, y, z]: Vec3): Vec3 => [x * signs[0], y * signs[1], z];
  const [x, y, z] = columns.map(turned) as [Vec3, Vec3, Vec3];
  return affineOfLps([x, y, z, turned(origin)]);
}

function assertThreeDimensions(affine: Affine, fields: Fields): void {
  if (spansSpace(affine)) return;
  const given = fields.values.get('spacedirections') ?? fields.values.get('spacings') ?? '';
  throw fields.refusal('three space directions in three dimensions', quoted(given));
}

function dataFileOf(fields: Fields): string | undefined {
  const text = fields.values.get('datafile');
  if (text === undefined) return undefined;
  if (/^LIST\b/.test(text) || /%\d*d/.test(text))
    throw fields.refusal('one data file', `a list of data files (${quoted(text)})`);
  if (!text) throw fields.refusal('the name of the data file', 'nothing');
  return text;
}

/**
 * Parses and checks the lines of a header, from the magic on, without the blank line behind it.
 * Throws a UserError that names the file for everything that is not one scalar 3-D volume.
 */
export function parseNrrdHeader(lines: readonly string[], file: string): NrrdHeader {
  const version = versionOf(lines[0] ?? '', file);
  const fields = fieldsOf(lines.slice(1), file);
  const type = typeOf(fields);
  const encoding = encodingOf(fields);
  const shape = shapeOf(fields);
  const affine = affineOf(fields);
  assertThreeDimensions(affine, fields);
  const byteSkip = integerOf(fields, 'byteskip', -1, 0);
  if (byteSkip < 0 && encoding !== 'raw')
    throw fields.refusal('a byte skip of -1 with the encoding raw only', encoding);
  return {
    version,
    type,
    encoding,
    shape,
    spacingMm: spacingOf(affine),
    affine,
    givesSpacing: fields.values.has('spacedirections') || !spacingsOf(fields).some(isNan),
    byteSkip,
    littleEndian: isLittleEndian(fields, type, encoding),
    dataFile: dataFileOf(fields),
    lineSkip: integerOf(fields, 'lineskip', 0, 0),
    space: fields.values.get('space'),
    spaceUnits: fields.values.get('spaceunits'),
    keyValues: fields.keyValues,
  };
}
