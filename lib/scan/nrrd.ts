/**
 * Reading volumes from NRRD: .nrrd with header and voxels, .nhdr (or .nrrd) with the voxels in another file.
 * Values and geometry are those of SimpleITK, in RAS+; damage and anything but one scalar 3-D volume is refused.
 */
import path from '#system/path';
import { expected, shownText } from '../errors.ts';
import { assertFitsMemory, type PlainSource, withPlainSource } from '../io/bytes.ts';
import { fileKind, refuseStandIn } from '../io/fileKind.ts';
import { gunzipRange, largestUnpacked } from '../io/gzip.ts';
import { insideFolder } from '../io/insideFolder.ts';
import { countNonFinite, decodedBytes, decodeVoxels, type VoxelType } from '../io/voxelTypes.ts';
import { type Volume, type VoxelArray, voxelCount } from '../volume/volume.ts';
import { type NrrdEncoding, type NrrdHeader, parseNrrdHeader } from './nrrdHeader.ts';

type KeptFields = 'version' | 'encoding' | 'littleEndian' | 'givesSpacing' | 'space' | 'spaceUnits' | 'keyValues';

/** A volume with what its NRRD header says beyond the geometry. */
export interface NrrdImage extends Volume {
  /** What the file says of itself. As in ITK no unit is converted: `spacingMm` holds the stored numbers. */
  readonly header: Pick<NrrdHeader, KeptFields> & {
    /** NumPy's name of the stored type. */
    readonly datatype: string;
    /** How many voxels are NaN or infinite. */
    readonly nonFinite: number;
  };
}

/** Headers of segmentations have many key/value pairs; this is more than any. */
const longestHeader = 1 << 24;

interface Head {
  readonly header: NrrdHeader;
  /** Where the voxels begin; undefined where the file ended without a blank line. */
  readonly end: number | undefined;
}

/** Lines up to the blank one. Bytes beyond ASCII are taken as UTF-8, which the key/value pairs may hold. */
async function readHead(source: PlainSource): Promise<Head> {
  for (let take = 4096; ; take *= 8) {
    const bytes = await source.head(Math.min(take, longestHeader));
    const text = bytes.toString('latin1');
    const other = text.startsWith('NRRD') ? undefined : fileKind(bytes);
    if (other !== undefined) throw expected('an NRRD file', other, source.file);
    if (!text.startsWith('NRRD'))
      return { header: parseNrrdHeader([text.slice(0, 8).split(/\r?\n/)[0]!], source.file), end: undefined };
    const blank = /\r?\n\r?\n/.exec(text);
    const goesOn = !blank && bytes.length < source.size;
    if (goesOn && take < longestHeader) continue;
    if (goesOn) throw expected(`a blank line behind the header within ${longestHeader} bytes`, 'none', source.file);
    const head = bytes.toString('utf8', 0, blank?.index ?? bytes.length);
    const lines = head.replace(/\r?\n$/, '').split(/\r?\n/);
    return { header: parseNrrdHeader(lines, source.file), end: blank ? blank.index + blank[0].length : undefined };
  }
}

/** The voxels of a header, and the file that holds them: its own or another. */
interface Wanted {
  readonly header: NrrdHeader;
  readonly count: number;
  readonly byteCount: number;
  readonly what: string;
  readonly file: string;
}

const wrongLength = ({ byteCount, what, file }: Wanted, found: string): Error =>
  expected(`${byteCount} bytes (${what})`, found, file);

/** The place behind the lines to skip. */
async function skipLines(source: PlainSource, from: number, lineSkip: number): Promise<number> {
  if (lineSkip === 0) return from;
  let [lines, start] = [0, from];
  for await (const piece of source.pieces(from)) {
    for (let at = piece.indexOf(10); at >= 0; at = piece.indexOf(10, at + 1))
      if (++lines === lineSkip) return start + at + 1;
    start += piece.length;
  }
  throw expected(`${lineSkip} lines to skip before the voxels`, `${lines}`, source.file);
}

async function rawVoxels(source: PlainSource, from: number, wanted: Wanted): Promise<VoxelArray> {
  const { header, count, byteCount, what, file } = wanted;
  const { type, lineSkip, byteSkip } = header;
  source.assertHolds(byteCount, what);
  assertFitsMemory(decodedBytes(type, count), file);
  const held = source.size - (await skipLines(source, from, lineSkip)) - Math.max(0, byteSkip);
  if (byteSkip < 0 ? held < byteCount : held !== byteCount) throw wrongLength(wanted, `${Math.max(0, held)}`);
  return decodeVoxels(await source.read(source.size - byteCount, byteCount, what), type, header);
}

const isSpace = (byte: number): boolean => byte === 32 || (byte >= 9 && byte <= 13);

/** The value of each byte as a hexadecimal digit, 255 for others. */
const digitValues = Uint8Array.from({ length: 256 }, (_, byte) => {
  const digit = '0123456789abcdef'.indexOf(String.fromCharCode(byte).toLowerCase());
  return digit < 0 ? 255 : digit;
});

/** Puts digits behind the `found` ones; returns how many there are then. White space may lie between. */
function addDigits(digits: Buffer, bytes: Buffer, found: number, file: string): number {
  let count = found;
  for (let at = 0; at < digits.length; at++) {
    const value = digitValues[digits[at]!]!;
    if (value < 255) {
      if (count < 2 * bytes.length) bytes[Math.floor(count / 2)]! |= count % 2 ? value : value << 4;
      count++;
    } else if (!isSpace(digits[at]!)) throw expected('hexadecimal digits', 'something else', file);
  }
  return count;
}

async function hexBytes(pieces: AsyncIterable<Buffer>, wanted: Wanted): Promise<Buffer> {
  const bytes = Buffer.alloc(wanted.byteCount);
  let found = 0;
  for await (const digits of pieces) found = addDigits(digits, bytes, found, wanted.file);
  if (found !== 2 * wanted.byteCount) throw wrongLength(wanted, `${found / 2}`);
  return bytes;
}

const textNumber = /^[+-]?(\d+(\.\d*)?([eE][+-]?\d+)?|\.\d+([eE][+-]?\d+)?|nan|inf(inity)?)$/i;
const special: Record<string, number> = { nan: NaN, inf: Infinity, infinity: Infinity };
/** A double written out with all its digits has fewer than 800. */
const longestNumber = 1000;

function numberOf(token: string): number | undefined {
  if (token.length > longestNumber || !textNumber.test(token)) return undefined;
  const magnitude = special[token.replace(/^[+-]/, '').toLowerCase()];
  if (magnitude === undefined) return Number(token);
  return token.startsWith('-') ? -magnitude : magnitude;
}

/** The texts between white space of each piece; one that a piece cuts is put together. */
async function* tokensOf(pieces: AsyncIterable<Buffer>): AsyncGenerator<string[]> {
  let cut = '';
  for await (const piece of pieces) {
    const tokens: string[] = [];
    for (let at = 0; at < piece.length; ) {
      const start = at;
      while (at < piece.length && !isSpace(piece[at]!)) at++;
      if (at > start) cut += piece.toString('latin1', start, Math.min(at, start + longestNumber + 1));
      if (at === piece.length && cut.length <= longestNumber) break;
      if (cut !== '') tokens.push(cut);
      cut = '';
      at++;
    }
    yield tokens;
  }
  if (cut !== '') yield [cut];
}

/** One number for each voxel with white space between; integers must be integers that their type holds. */
async function textVoxels(pieces: AsyncIterable<Buffer>, { header, count, file }: Wanted): Promise<VoxelArray> {
  const { type } = header;
  const stored = new type.array(count);
  const isBig = stored instanceof BigInt64Array || stored instanceof BigUint64Array;
  const out: VoxelArray = isBig ? new Float64Array(count) : stored;
  const isFloat = type.name.startsWith('float');
  let found = 0;
  for await (const tokens of tokensOf(pieces)) {
    for (const token of tokens) {
      const value = numberOf(token);
      if (found < count && value !== undefined) out[found] = value;
      const isHeld = isFloat || found >= count || (isBig ? Number.isInteger(value) : out[found] === value);
      if (value === undefined || !isHeld) throw expected(`${type.name} numbers`, shownText(token.slice(0, 40)), file);
      found++;
    }
  }
  if (found !== count) throw expected(`${count} numbers`, `${found}`, file);
  return out;
}

/** The most bytes of voxels that so many stored bytes can hold. */
const mostHeld: Record<Exclude<NrrdEncoding, 'raw'>, (storedBytes: number, type: VoxelType) => number> = {
  gzip: largestUnpacked,
  hex: (storedBytes) => storedBytes / 2,
  text: (storedBytes, { bytes }) => ((storedBytes + 1) / 2) * bytes,
};

async function readVoxels(header: NrrdHeader, source: PlainSource, from: number): Promise<VoxelArray> {
  const { type, shape, encoding, byteSkip } = header;
  const { file } = source;
  const count = voxelCount(shape);
  const what = `${shape.join('×')} ${type.name} voxels`;
  const wanted: Wanted = { header, count, byteCount: count * type.bytes, what, file };
  if (encoding === 'raw') return rawVoxels(source, from, wanted);
  const start = await skipLines(source, from, header.lineSkip);
  if (wanted.byteCount > mostHeld[encoding](source.size - start, type))
    throw wrongLength(wanted, `${source.size - start} bytes of ${encoding}, which cannot hold them,`);
  assertFitsMemory(decodedBytes(type, count), file);
  if (encoding === 'text') return textVoxels(source.pieces(start + byteSkip), wanted);
  const range = { offset: byteSkip, length: wanted.byteCount, what, last: true };
  const bytes =
    encoding === 'hex'
      ? await hexBytes(source.pieces(start + byteSkip), wanted)
      : await gunzipRange((at) => source.pieces(start + at), range, file);
  return decodeVoxels(bytes, type, header);
}

/** The data file lies in the folder of the header, or below it. */
async function voxelsOf({ header, end }: Head, source: PlainSource): Promise<VoxelArray> {
  if (header.dataFile !== undefined) {
    const file = insideFolder(path.dirname(source.file), header.dataFile, source.file);
    const wanted = `the voxels that belong to ${source.file}`;
    return withPlainSource(file, wanted, async (data) => {
      await refuseStandIn(data, wanted, file);
      return readVoxels(header, data, 0);
    });
  }
  if (end === undefined || end >= source.size)
    throw expected('a blank line behind the header and then the voxels', 'the end of the file', source.file);
  return readVoxels(header, source, end);
}

/**
 * Reads an NRRD volume (versions 1 to 5; attached or detached; raw, gzip, text or hex); axis order x, y, z, x fastest.
 * The data stay in the stored type, 64-bit integers become doubles. The affine is RAS+ whatever the file's space; a
 * file without one is taken as left-posterior-superior, one without spacings has spacing 1, one without origin begins
 * at 0. NaN and infinities are kept and counted. Throws a UserError naming the file, what was expected and what was
 * found: for damage, voxels that are missing or left over, data in several files, and everything that is not one scalar
 * 3-D volume.
 */
export async function readNrrd(file: string): Promise<NrrdImage> {
  return withPlainSource(file, 'an NRRD file', async (source) => {
    const head = await readHead(source);
    const data = await voxelsOf(head, source);
    const { version, type, encoding, littleEndian, shape, spacingMm, affine, keyValues } = head.header;
    const { givesSpacing, space, spaceUnits } = head.header;
    const read = { datatype: type.name, nonFinite: countNonFinite(data) };
    const kept = { version, encoding, littleEndian, givesSpacing, space, spaceUnits, keyValues, ...read };
    return { data, shape, spacingMm, affine, header: kept };
  });
}
