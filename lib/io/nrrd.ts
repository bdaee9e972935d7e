/**
 * Reading volumes from NRRD: .nrrd with header and voxels, .nhdr (or .nrrd) with the voxels in another file.
 * Values and geometry are those of SimpleITK, in RAS+; damage and anything but one scalar 3-D volume is refused.
 */
import path from 'node:path';
import { expected } from '../errors.ts';
import { type Volume, type VoxelArray, voxelCount } from '../volume/volume.ts';
import { assertFitsMemory, type PlainSource, withPlainSource } from './bytes.ts';
import { gunzipRange, largestUnpacked } from './gzip.ts';
import { countNonFinite, decodedBytes, decodeVoxels } from './niftiTypes.ts';
import { type NrrdEncoding, type NrrdHeader, parseNrrdHeader } from './nrrdHeader.ts';

/** A volume with what its NRRD header says beyond the geometry. */
export interface NrrdImage extends Volume {
  readonly header: {
    readonly version: number;
    /** NumPy's name of the stored type. */
    readonly datatype: string;
    readonly encoding: NrrdEncoding;
    readonly littleEndian: boolean;
    /** How many voxels are NaN or infinite. */
    readonly nonFinite: number;
    readonly space: string | undefined;
    /** As in ITK nothing is converted: `spacingMm` holds the stored numbers. */
    readonly spaceUnits: string | undefined;
    readonly keyValues: Readonly<Record<string, string>>;
  };
}

/** Headers of segmentations have many key/value pairs; this is more than any. */
const longestHeader = 1 << 24;

interface Head {
  readonly header: NrrdHeader /** Where the voxels begin; undefined where the file ended without a blank line. */;
  readonly end: number | undefined;
}

/** Lines up to the blank one. Bytes beyond ASCII are taken as UTF-8, which the key/value pairs may hold. */
async function readHead(source: PlainSource): Promise<Head> {
  for (let take = 4096; ; take *= 8) {
    const bytes = await source.head(Math.min(take, longestHeader));
    const text = bytes.toString('latin1');
    if (!text.startsWith('NRRD'))
      return { header: parseNrrdHeader([text.slice(0, 8).split(/\r?\n/)[0]!], source.file), end: undefined };
    const blank = /\r?\n\r?\n/.exec(text);
    if (!blank && bytes.length < source.size && take < longestHeader) continue;
    if (!blank && bytes.length < source.size)
      throw expected(`a blank line behind the header within ${longestHeader} bytes`, 'none', source.file);
    const lines = bytes
      .toString('utf8', 0, blank?.index ?? bytes.length)
      .replace(/\r?\n$/, '')
      .split(/\r?\n/);
    return { header: parseNrrdHeader(lines, source.file), end: blank ? blank.index + blank[0].length : undefined };
  }
}

/** The place behind `count` lines. */
function skipLines(bytes: Buffer, count: number, file: string): number {
  let at = 0;
  for (let line = 0; line < count; line++) {
    at = bytes.indexOf(10, at) + 1;
    if (at === 0) throw expected(`${count} lines to skip before the voxels`, `${line}`, file);
  }
  return at;
}

const wrongLength = (what: string, count: number, found: string, file: string): Error =>
  expected(`${count} bytes (${what})`, found, file);

async function rawBytes(
  source: PlainSource,
  from: number,
  { lineSkip, byteSkip }: NrrdHeader,
  byteCount: number,
  what: string,
): Promise<Buffer> {
  const skipped =
    lineSkip > 0 ? skipLines(await source.read(from, source.size - from, what), lineSkip, source.file) : 0;
  const held = source.size - from - skipped - Math.max(0, byteSkip);
  if (byteSkip < 0 ? held < byteCount : held !== byteCount)
    throw wrongLength(what, byteCount, `${Math.max(0, held)}`, source.file);
  return source.read(source.size - byteCount, byteCount, what);
}

/** Pairs of hexadecimal digits with any white space between. */
function hexBytes(digits: Buffer, { byteSkip }: NrrdHeader, byteCount: number, what: string, file: string): Buffer {
  const text = digits.toString('latin1', byteSkip).replace(/\s+/g, '');
  if (!/^[0-9a-f]*$/i.test(text)) throw expected('hexadecimal digits', 'something else', file);
  if (text.length !== 2 * byteCount) throw wrongLength(what, byteCount, `${text.length / 2}`, file);
  const bytes = Buffer.allocUnsafeSlow(byteCount);
  bytes.write(text, 'hex');
  return bytes;
}

const textNumber = /^[+-]?(\d+\.?\d*([eE][+-]?\d+)?|\.\d+([eE][+-]?\d+)?|nan|inf(inity)?)$/i;
const special: Record<string, number> = { nan: NaN, inf: Infinity, infinity: Infinity };

/** One number for each voxel with white space between; integers must be integers that their type holds. */
function textVoxels(bytes: Buffer, { type, byteSkip }: NrrdHeader, count: number, file: string): VoxelArray {
  const tokens = bytes.toString('latin1', byteSkip).split(/\s+/).filter(Boolean);
  if (tokens.length !== count) throw expected(`${count} numbers`, `${tokens.length}`, file);
  const stored = type.view(new ArrayBuffer(count * type.bytes));
  const isBig = stored instanceof BigInt64Array || stored instanceof BigUint64Array;
  const out: VoxelArray = isBig ? new Float64Array(count) : stored;
  const isFloat = type.name.startsWith('float');
  for (let i = 0; i < count; i++) {
    const token = tokens[i]!;
    const bare = token.replace(/^[+-]/, '').toLowerCase();
    const value = !textNumber.test(token)
      ? undefined
      : bare in special
        ? special[bare]! * (token.startsWith('-') ? -1 : 1)
        : Number(token);
    if (value !== undefined) out[i] = value;
    const isHeld = isFloat || (isBig ? Number.isInteger(value) : out[i] === value);
    if (value === undefined || !isHeld)
      throw expected(`${type.name} numbers`, JSON.stringify(token.slice(0, 40)), file);
  }
  return out;
}

async function readVoxels(header: NrrdHeader, source: PlainSource, from: number): Promise<VoxelArray> {
  const { type, shape, encoding, lineSkip, byteSkip } = header;
  const { file } = source;
  const count = voxelCount(shape);
  const byteCount = count * type.bytes;
  const what = `${shape.join('×')} ${type.name} voxels`;
  if (encoding === 'raw') {
    source.assertHolds(byteCount, what);
    assertFitsMemory(decodedBytes(type, count, 1, 0), file);
    return decodeVoxels(await rawBytes(source, from, header, byteCount, what), type, {
      ...header,
      slope: 1,
      intercept: 0,
    });
  }
  const packed = await source.read(from, source.size - from, what);
  const stored = packed.subarray(skipLines(packed, lineSkip, file));
  const most =
    encoding === 'gzip'
      ? largestUnpacked(stored.length)
      : encoding === 'hex'
        ? stored.length / 2
        : ((stored.length + 1) / 2) * type.bytes;
  if (byteCount > most)
    throw wrongLength(what, byteCount, `${stored.length} bytes of ${encoding}, which cannot hold them,`, file);
  assertFitsMemory(decodedBytes(type, count, 1, 0), file);
  if (encoding === 'text') return textVoxels(stored, header, count, file);
  const bytes =
    encoding === 'hex'
      ? hexBytes(stored, header, byteCount, what, file)
      : await gunzipRange(stored, byteSkip, byteCount, what, file, true);
  return decodeVoxels(bytes, type, { ...header, slope: 1, intercept: 0 });
}

/** The data file lies beside the header unless its name is absolute. */
async function voxelsOf({ header, end }: Head, source: PlainSource): Promise<VoxelArray> {
  if (header.dataFile !== undefined) {
    const file = path.resolve(path.dirname(source.file), header.dataFile);
    return withPlainSource(file, `the voxels that belong to ${source.file}`, (data) => readVoxels(header, data, 0));
  }
  if (end === undefined || end >= source.size)
    throw expected('a blank line behind the header and then the voxels', 'the end of the file', source.file);
  return readVoxels(header, source, end);
}

/**
 * Reads an NRRD volume (versions 1 to 5; attached or detached; raw, gzip, text or hex); axis order x, y, z, x fastest.
 * The data stay in the stored type, 64-bit integers become doubles. The affine is RAS+ whatever the file's space; a file
 * without one is taken as left-posterior-superior, one without spacings has spacing 1, one without origin begins at 0.
 * NaN and infinities are kept and counted.
 * Throws a UserError naming the file, what was expected and what was found: for damage, voxels that are missing or left
 * over, data in several files, and everything that is not one scalar 3-D volume.
 */
export async function readNrrd(file: string): Promise<NrrdImage> {
  return withPlainSource(file, 'an NRRD file', async (source) => {
    const head = await readHead(source);
    const data = await voxelsOf(head, source);
    const { version, type, encoding, littleEndian, shape, spacingMm, affine, space, spaceUnits, keyValues } =
      head.header;
    return {
      data,
      shape,
      spacingMm,
      affine,
      header: {
        version,
        datatype: type.name,
        encoding,
        littleEndian,
        nonFinite: countNonFinite(data),
        space,
        spaceUnits,
        keyValues,
      },
    };
  });
}
