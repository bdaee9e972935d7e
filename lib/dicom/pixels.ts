/** The stored numbers of images, whatever packs them. */
import { expected } from '../errors.ts';
import { assertFitsMemory, type PlainSource, swapToNative, withPlainSource } from '../io/bytes.ts';
import { decodeJpeg } from '../io/image.ts';
import { startsFrame } from '../io/jpeg.ts';
import { decodeWithCodec } from './codecs.ts';
import { inflateAll } from './deflated.ts';
import type { DicomHeader } from './dicomHeader.ts';
import { framesOf } from './encapsulated.ts';
import { readPart } from './fileParts.ts';
import type { DicomImage, PixelFormat } from './images.ts';
import { decodeJpegLossless } from './jpegLossless.ts';
import { decodeRle } from './rle.ts';
import { type TransferSyntax, transferSyntaxOf } from './transferSyntax.ts';

export type StoredValues = Int8Array | Uint8Array | Int16Array | Uint16Array | Int32Array | Uint32Array;

/** Little-endian numbers as a decoder leaves them. */
interface RawPixels {
  readonly bytes: Buffer;
  readonly bytesPerPixel: number;
  /** Bits that hold a number, and the highest of them. */
  readonly bitsStored: number;
  readonly highBit: number;
  readonly complaints?: readonly string[];
}

const pixelBytes = ({ bitsAllocated }: PixelFormat): number => bitsAllocated / 8;
export const pixelCount = ({ rows, columns }: PixelFormat): number => rows * columns;
const whatFile = 'a DICOM file';

function asStored({ bytes, bytesPerPixel }: RawPixels, isSigned: boolean): StoredValues {
  // A view needs a place that is a multiple of its width.
  const { buffer, byteOffset, length } =
    bytes.byteOffset % bytesPerPixel === 0 ? bytes : Buffer.from(new Uint8Array(bytes));
  const place = [buffer as ArrayBuffer, byteOffset, length / bytesPerPixel] as const;
  if (bytesPerPixel === 1) return isSigned ? new Int8Array(...place) : new Uint8Array(...place);
  if (bytesPerPixel === 2) return isSigned ? new Int16Array(...place) : new Uint16Array(...place);
  return isSigned ? new Int32Array(...place) : new Uint32Array(...place);
}

/** Whether every number of 16 bits is one of the lowest `bitsStored` with its sign: two are looked at at a time. */
function isClean16(values: StoredValues, bitsStored: number, isSigned: boolean): boolean {
  if (values.BYTES_PER_ELEMENT !== 2 || values.length % 2 !== 0 || values.byteOffset % 4 !== 0) return false;
  const pairs = new Int32Array(values.buffer as ArrayBuffer, values.byteOffset, values.length / 2);
  let bits = 0;
  // Of a signed number the bits from its sign on are equal: none differs from the one below it.
  if (isSigned) for (let i = 0; i < pairs.length; i++) bits |= pairs[i]! ^ (pairs[i]! << 1);
  else for (let i = 0; i < pairs.length; i++) bits |= pairs[i]!;
  const others = (0xffff << bitsStored) & 0xffff;
  return (bits & ((others * 0x10001) | 0)) === 0;
}

/** Clears the bits that are not of the number, in place; whether any was set that is no sign. */
function clearOtherBits(values: StoredValues, { bitsStored, highBit }: RawPixels, isSigned: boolean): boolean {
  if (highBit === bitsStored - 1 && isClean16(values, bitsStored, isSigned)) return false;
  const [up, down] = [31 - highBit, 32 - bitsStored];
  let changed = 0;
  for (let i = 0; i < values.length; i++) {
    const before = values[i]!;
    const value = isSigned ? (before << up) >> down : (before << up) >>> down;
    changed |= before ^ value;
    values[i] = value;
  }
  return changed !== 0;
}

/** Images of one file one after the other, what belongs to all of them being read once. */
export class PixelReader {
  readonly #warnings = new Map<string, string>();
  #header: DicomHeader | undefined;
  #frames: Buffer[] = [];
  #unpacked: Buffer | undefined;
  /** Where frames of plain pixels are read to. */
  #room: Buffer | undefined;

  /** What was odd, each once. */
  get warnings(): string[] {
    return [...this.#warnings.values()];
  }

  /**
   * The stored numbers of an image, row by row; they hold until the next image is read. Throws a UserError that names
   * the file for all that is not read.
   */
  async read(image: DicomImage): Promise<StoredValues> {
    const { header, format } = image;
    const syntax = transferSyntaxOf(header.transferSyntaxUid, header.file);
    const raw = await this.#rawPixels(image, syntax);
    const wanted = pixelCount(format) * raw.bytesPerPixel;
    if (raw.bytes.length !== wanted) throw expected(`${wanted} bytes of pixels`, `${raw.bytes.length}`, header.file);
    const values = asStored(raw, format.isSigned);
    const isFull = raw.bitsStored === 8 * raw.bytesPerPixel;
    if (!isFull && clearOtherBits(values, raw, format.isSigned) && syntax.packing === 'plain' && !this.#isSign(format))
      this.#warn('bits', `pixels have bits set beyond the ${format.bitsStored} that count; they are left out`);
    if (syntax.isLossy) this.#warn('lossy', `the pixels were compressed with loss (${syntax.name})`);
    for (const complaint of raw.complaints ?? []) this.#warn('codec', `the decoder complains: ${complaint}`);
    return values;
  }

  /** Where the number does not begin at the lowest bit, shifting it is no surprise. */
  #isSign = ({ highBit, bitsStored }: PixelFormat): boolean => highBit !== bitsStored - 1;

  #warn(kind: string, text: string): void {
    if (!this.#warnings.has(kind)) this.#warnings.set(kind, text);
  }

  #rawPixels(image: DicomImage, syntax: TransferSyntax): Promise<RawPixels> {
    const { header } = image;
    const isPacked = syntax.packing !== 'plain' && syntax.packing !== 'deflated';
    if (isPacked !== (header.pixels!.length === undefined))
      throw expected(`${isPacked ? 'packed' : 'plain'} pixels, as ${syntax.name} has them`, 'others', header.file);
    return isPacked
      ? withPlainSource(header.file, whatFile, (source) => this.#packedPixels(image, syntax, source))
      : this.#plainPixels(image, syntax);
  }

  async #plainPixels({ header, format, frame }: DicomImage, syntax: TransferSyntax): Promise<RawPixels> {
    const { offset, length, vr } = header.pixels!;
    const bytesPerPixel = pixelBytes(format);
    const frameBytes = pixelCount(format) * bytesPerPixel;
    if (length! < frameBytes * format.frames)
      throw expected(`${frameBytes * format.frames} bytes of pixels`, `${length}`, header.file);
    // One byte more makes the length even.
    if (length! > frameBytes * format.frames + 1)
      this.#warn('more', `the files hold more pixels than their size asks for (${length} bytes); the rest is left out`);
    const bytes = await this.#frameBytes(header, offset + frame * frameBytes, frameBytes);
    if (syntax.isBigEndian) swapToNative(bytes, bytesPerPixel === 1 && vr === 'OW' ? 2 : bytesPerPixel);
    return { bytes, bytesPerPixel, bitsStored: format.bitsStored, highBit: format.highBit };
  }

  /** The bytes of a plain frame. After the first one the memory for them is there and is used again. */
  async #frameBytes(header: DicomHeader, from: number, count: number): Promise<Buffer> {
    const { file, deflatedFrom } = header;
    if (deflatedFrom === undefined && this.#room?.length === count && readPart(file, from, this.#room) === count)
      return this.#room;
    return withPlainSource(file, whatFile, async (source) => {
      if (deflatedFrom !== undefined)
        return Buffer.from((await this.#unpack(header, source)).subarray(from, from + count));
      source.assertHolds(from + count, 'pixels');
      assertFitsMemory(count, file);
      this.#room = await source.read(from, count, 'pixels');
      return this.#room;
    });
  }

  async #unpack(header: DicomHeader, source: PlainSource): Promise<Buffer> {
    if (this.#header === header && this.#unpacked) return this.#unpacked;
    const from = header.deflatedFrom!;
    const packed = await source.read(from, source.size - from, 'deflated data');
    const { offset, length } = header.pixels!;
    this.#unpacked = inflateAll(packed, offset + length!, header.file);
    this.#header = header;
    return this.#unpacked;
  }

  async #packedPixels(image: DicomImage, syntax: TransferSyntax, source: PlainSource): Promise<RawPixels> {
    const { header, format, frame } = image;
    const { file } = header;
    if (this.#header !== header) {
      const { offset } = header.pixels!;
      assertFitsMemory(source.size - offset, file);
      const bytes = await source.read(offset, source.size - offset, 'packed pixels');
      this.#frames = framesOf(bytes, 0, format.frames, file);
      this.#header = header;
    }
    return unpackFrame(this.#frames[frame]!, format, syntax, file);
  }
}

/** The most bytes of pixels that a packed byte can hold: runs of 128 in two bytes, or a bit for a pixel of 16. */
const mostUnpacked: Partial<Record<TransferSyntax['packing'], number>> = { RLE: 64, 'JPEG lossless': 16 };

/** Throws a UserError, before memory is asked for, when a frame cannot hold so many bytes, or memory cannot. */
function assertPlausible(packed: Buffer, byteCount: number, packing: TransferSyntax['packing'], file: string): void {
  const most = packed.length * (mostUnpacked[packing] ?? Infinity);
  if (byteCount > most)
    throw expected(`${byteCount} bytes of pixels`, `${packed.length} packed bytes, which cannot hold them,`, file);
  assertFitsMemory(2 * byteCount, file);
}

async function unpackFrame(
  packed: Buffer,
  format: PixelFormat,
  syntax: TransferSyntax,
  file: string,
): Promise<RawPixels> {
  const size = { width: format.columns, height: format.rows };
  const count = pixelCount(format);
  const { packing } = syntax;
  assertPlausible(packed, count * pixelBytes(format), packing, file);
  if (packing === 'RLE') {
    const bytesPerPixel = pixelBytes(format);
    const bytes = decodeRle(packed, count, bytesPerPixel, file);
    return { bytes, bytesPerPixel, bitsStored: format.bitsStored, highBit: format.highBit };
  }
  if (packing === 'JPEG') return unpackJpeg(packed, size, file);
  if (packing === 'JPEG lossless') {
    const { pixels, precision } = decodeJpegLossless(packed, size, file);
    const bitsStored = Math.min(precision, format.bitsStored);
    return { bytes: Buffer.from(pixels.buffer), bytesPerPixel: 2, bitsStored, highBit: bitsStored - 1 };
  }
  const { bytes, precision, complaints } = await decodeWithCodec(packing as 'JPEG 2000', packed, size, file);
  const bitsStored = Math.min(precision, format.bitsStored);
  return { bytes, bytesPerPixel: bytes.length / count, bitsStored, highBit: bitsStored - 1, complaints };
}

/** The bits of each colour in a JPEG's frame header; undefined where there is none. */
function jpegBits(bytes: Buffer): { bits: number; components: number } | undefined {
  for (let at = 2; at + 10 <= bytes.length && bytes[at] === 0xff; at += 2 + bytes.readUInt16BE(at + 2)) {
    if (startsFrame(bytes[at + 1]!)) return { bits: bytes[at + 4]!, components: bytes[at + 9]! };
  }
  return undefined;
}

async function unpackJpeg(packed: Buffer, size: { width: number; height: number }, file: string): Promise<RawPixels> {
  const kind = jpegBits(packed);
  if (kind?.bits !== 8 || kind.components !== 1)
    throw expected(
      'a grey JPEG of 8 bits in the DICOM file (gdcmconv --raw unpacks others)',
      kind ? `${kind.bits} bits and ${kind.components} components` : 'no JPEG',
      file,
    );
  const { data, width, height } = await decodeJpeg(packed, file);
  if (width !== size.width || height !== size.height)
    throw expected(`a JPEG of ${size.width}×${size.height} pixels`, `${width}×${height}`, file);
  return { bytes: Buffer.from(data), bytesPerPixel: 1, bitsStored: 8, highBit: 7 };
}
