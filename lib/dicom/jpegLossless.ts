/**
 * Lossless JPEG of one component, as DICOM has it: Huffman codes of differences to a prediction from neighbours.
 * Source: ITU-T T.81, annex H (processes 14, all selections), annex C and F for the codes.
 */
import { expected } from '../errors.ts';

interface Frame {
  readonly precision: number;
  readonly width: number;
  readonly height: number;
}

interface Scan {
  /** 1 to 7: which neighbours predict a pixel. */
  readonly selection: number;
  /** Bits by which values were shifted down. */
  readonly shift: number;
  /** For every 16 bits that may come: length of the code × 256 + category. */
  readonly codes: Uint16Array;
  readonly restartInterval: number;
  /** Where the coded pixels begin. */
  readonly start: number;
}

const refusal = (found: string, file: string): Error =>
  expected('an intact lossless JPEG of one component', found, file);

/** The lookup of a Huffman table whose segment part begins at `at`: 16 counts of codes, then categories. */
function lookupOf(bytes: Buffer, at: number, file: string): { lookup: Uint16Array; end: number } {
  const lookup = new Uint16Array(65536);
  let [code, value] = [0, at + 16];
  for (let length = 1; length <= 16; length++) {
    for (let n = bytes[at + length - 1]!; n > 0; n--, code++, value++) {
      const [from, to] = [code << (16 - length), (code + 1) << (16 - length)];
      if (to > 65536 || value >= bytes.length || bytes[value]! > 16) throw refusal('a broken table of codes', file);
      lookup.fill((length << 8) | bytes[value]!, from, to);
    }
    code <<= 1;
  }
  return { lookup, end: value };
}

/** The parts before the coded pixels. */
function readSegments(bytes: Buffer, file: string): { frame: Frame; scan: Scan } {
  const tables = new Map<number, Uint16Array>();
  let frame: Frame | undefined;
  let restartInterval = 0;
  if (bytes.length < 4 || bytes.readUInt16BE(0) !== 0xffd8) throw refusal('no JPEG', file);
  for (let at = 2; at + 4 <= bytes.length; ) {
    const [marker, length] = [bytes.readUInt16BE(at), bytes.readUInt16BE(at + 2)];
    const [from, end] = [at + 4, at + 2 + length];
    if (marker >> 8 !== 0xff || length < 2 || end > bytes.length) break;
    if (marker === 0xffc4) {
      for (let place = from; place + 17 <= end; ) {
        const table = lookupOf(bytes.subarray(0, end), place + 1, file);
        tables.set(bytes[place]!, table.lookup);
        place = table.end;
      }
    } else if (marker === 0xffdd && length === 4) restartInterval = bytes.readUInt16BE(from);
    else if (marker === 0xffc3 && length >= 11 && bytes[from + 5] === 1)
      frame = { precision: bytes[from]!, height: bytes.readUInt16BE(from + 1), width: bytes.readUInt16BE(from + 3) };
    else if (marker >= 0xffc0 && marker <= 0xffcf && marker !== 0xffcc)
      throw refusal(`another kind of JPEG (${marker.toString(16)})`, file);
    else if (marker === 0xffda && length === 8 && frame) {
      const codes = tables.get(bytes[from + 2]! >> 4);
      const [selection, shift] = [bytes[from + 3]!, bytes[from + 5]! & 15];
      if (!codes || selection < 1 || selection > 7) throw refusal('a scan without its codes', file);
      return { frame, scan: { selection, shift, codes, restartInterval, start: end } };
    }
    at = end;
  }
  throw refusal('no scan', file);
}

/** Bits of the coded pixels, with the stuffed zeros left out; behind a marker or the end there are zeros. */
class Bits {
  readonly #bytes: Buffer;
  #at: number;
  #held = 0;
  #count = 0;
  /** Bits that were asked for beyond the end. */
  missing = 0;

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }
  #fill(): void {
    while (this.#count <= 16) {
      const byte = this.#bytes[this.#at];
      const isMarker = byte === 0xff && this.#bytes[this.#at + 1] !== 0;
      if (byte === undefined || isMarker) {
        this.#held <<= 8;
        this.missing += 8;
      } else {
        this.#held = (this.#held << 8) | byte;
        this.#at += byte === 0xff ? 2 : 1;
      }
      this.#count += 8;
    }
  }
  /** The next 16 bits, which stay. */
  peek(): number {
    if (this.#count < 16) this.#fill();
    return (this.#held >>> (this.#count - 16)) & 0xffff;
  }
  take(n: number): number {
    if (n === 0) return 0;
    const value = this.peek() >>> (16 - n);
    this.#count -= n;
    return value;
  }
  /** Whether more was taken than there was. */
  get isOver(): boolean {
    return this.missing > this.#count;
  }
  /** Goes behind the next restart marker; false where there is none. */
  restart(): boolean {
    const marker = this.#bytes[this.#at + 1] ?? 0;
    if (this.#bytes[this.#at] !== 0xff || marker < 0xd0 || marker > 0xd7) return false;
    this.#at += 2;
    this.#held = this.#count = this.missing = 0;
    return true;
  }
}

/** The next difference: a category, then as many bits. */
function difference(bits: Bits, codes: Uint16Array): number {
  const entry = codes[bits.peek()]!;
  bits.take(entry >> 8);
  const category = entry & 255;
  if (category === 0) return entry === 0 ? Number.NaN : 0;
  if (category === 16) return 32768;
  const value = bits.take(category);
  return value < 1 << (category - 1) ? value - (1 << category) + 1 : value;
}

/** A pixel's prediction from those to the left (a), above (b) and above left (c). */
const predictors: readonly ((a: number, b: number, c: number) => number)[] = [
  () => 0,
  (a) => a,
  (_, b) => b,
  (_a, _b, c) => c,
  (a, b, c) => a + b - c,
  (a, b, c) => a + ((b - c) >> 1),
  (a, b, c) => b + ((a - c) >> 1),
  (a, b) => (a + b) >> 1,
];

function decodePixels(bytes: Buffer, { precision, width, height }: Frame, scan: Scan, file: string): Uint16Array {
  const { selection, shift, codes, restartInterval, start } = scan;
  const bits = new Bits(bytes, start);
  const out = new Uint16Array(width * height);
  const predict = predictors[selection]!;
  const rowsToRestart = restartInterval === 0 ? height : restartInterval / width;
  if (!Number.isInteger(rowsToRestart)) throw refusal('restarts within a row', file);
  for (let y = 0, i = 0; y < height; y++) {
    const isFirst = y % rowsToRestart === 0;
    if (isFirst && y > 0 && !bits.restart()) throw refusal(`no restart before row ${y + 1}`, file);
    for (let x = 0; x < width; x++, i++) {
      let prediction = 1 << (precision - shift - 1);
      if (isFirst) prediction = x > 0 ? out[i - 1]! : prediction;
      else if (x === 0) prediction = out[i - width]!;
      else prediction = predict(out[i - 1]!, out[i - width]!, out[i - width - 1]!);
      const change = difference(bits, codes);
      if (change !== change) throw refusal(`an unknown code in row ${y + 1}`, file);
      out[i] = prediction + change;
    }
    if (bits.isOver) throw refusal(`the end of the data in row ${y + 1} of ${height}`, file);
  }
  return shift === 0 ? out : out.map((value) => value << shift);
}

/**
 * The pixels of a lossless JPEG as unsigned numbers, and how many bits each has. Throws a UserError for damage and for
 * another size than is expected, before memory is asked for.
 */
export function decodeJpegLossless(
  bytes: Buffer,
  size: { readonly width: number; readonly height: number },
  file: string,
): { pixels: Uint16Array; precision: number } {
  const { frame, scan } = readSegments(bytes, file);
  const { precision, width, height } = frame;
  if (width !== size.width || height !== size.height)
    throw expected(`a JPEG of ${size.width}×${size.height} pixels`, `${width}×${height}`, file);
  if (precision < 2 || precision > 16 || scan.shift >= precision) throw refusal(`${precision} bits a pixel`, file);
  return { pixels: decodePixels(bytes, frame, scan, file), precision };
}
