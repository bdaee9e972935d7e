/**
 * Reading PNG (https://www.w3.org/TR/png-3/) with nothing taken on trust: every chunk's length and CRC, the end marker
 * and the number of bytes behind the compression are checked, and memory is bounded by what the header says.
 */
import { crc32, inflateSync } from 'node:zlib';
import { expected, messageOf } from '../errors.ts';
import { assertPictureSize, exifOrientation, type GreyImage, luma } from './pixels.ts';

const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');

export const isPng = (bytes: Buffer): boolean => bytes.subarray(0, 8).equals(signature);

interface Chunk {
  readonly type: string;
  readonly data: Buffer;
}

/** All chunks up to IEND. What follows it is no part of the picture. */
function chunksOf(bytes: Buffer, file: string): Chunk[] {
  const chunks: Chunk[] = [];
  for (let at = 8; ; ) {
    if (at + 12 > bytes.length)
      throw expected('a whole PNG (its end marker IEND)', `the end after ${bytes.length} bytes`, file);
    const [length, type] = [bytes.readUInt32BE(at), bytes.toString('latin1', at + 4, at + 8)];
    if (at + 12 + length > bytes.length)
      throw expected('a whole PNG', `${bytes.length} bytes where a chunk ends at byte ${at + 12 + length}`, file);
    const data = bytes.subarray(at + 8, at + 8 + length);
    if (crc32(bytes.subarray(at + 4, at + 8 + length)) !== bytes.readUInt32BE(at + 8 + length))
      throw expected('an intact PNG', `a wrong checksum of its chunk at byte ${at}`, file);
    chunks.push({ type, data });
    if (type === 'IEND') return chunks;
    at += 12 + length;
  }
}

/** Colour types and how many numbers they have a pixel; palette pixels are one index. */
const channelsOf: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

interface Header {
  readonly width: number;
  readonly height: number;
  readonly bits: number;
  readonly colour: number;
  readonly channels: number;
  readonly interlaced: boolean;
}

function headerOf({ type, data }: Chunk, file: string): Header {
  if (type !== 'IHDR' || data.length !== 13)
    throw expected('a PNG that begins with IHDR', `${data.length} bytes of another chunk`, file);
  const [width, height] = [data.readUInt32BE(0), data.readUInt32BE(4)];
  const [bits, colour, compression, filter, interlace] = data.subarray(8);
  assertPictureSize(width, height, file);
  if (bits === 16)
    throw expected(
      'a picture of 8 bits a channel, whose 0 is black and 255 white',
      '16 bits, which have no such scale',
      file,
    );
  const isKnown = colour! in channelsOf && [1, 2, 4, 8].includes(bits!) && (bits === 8 || colour === 0 || colour === 3);
  if (!isKnown || compression !== 0 || filter !== 0 || interlace! > 1)
    throw expected('a PNG of a known kind', `colour type ${colour} with ${bits} bits, interlacing ${interlace}`, file);
  return { width, height, bits: bits!, colour: colour!, channels: channelsOf[colour!]!, interlaced: interlace === 1 };
}

/** The seven passes of interlacing as first column, first row, and steps between columns and rows. */
const adam7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

interface Pass {
  readonly x: number;
  readonly y: number;
  readonly stepX: number;
  readonly stepY: number;
  readonly columns: number;
  readonly rows: number;
  readonly rowBytes: number;
}

function passesOf({ width, height, bits, channels, interlaced }: Header): Pass[] {
  return (interlaced ? adam7 : ([[0, 0, 1, 1]] as const))
    .map(([x, y, stepX, stepY]) => {
      const [columns, rows] = [Math.ceil((width - x) / stepX), Math.ceil((height - y) / stepY)];
      return { x, y, stepX, stepY, columns, rows, rowBytes: Math.ceil((columns * channels * bits) / 8) };
    })
    .filter(({ columns, rows }) => columns > 0 && rows > 0);
}

/** The neighbour of left, up and up-left that is nearest to left + up − up-left. */
function paeth(left: number, up: number, corner: number): number {
  const [a, b, c] = [Math.abs(up - corner), Math.abs(left - corner), Math.abs(left + up - 2 * corner)];
  if (a <= b && a <= c) return left;
  return b <= c ? up : corner;
}

/** Undoes the filter of a row in place; `above` are the bytes of the row before, zeros at the start. */
function unfilter(kind: number, row: Uint8Array, above: Uint8Array, step: number): boolean {
  if (kind > 4) return false;
  for (let i = 0; kind > 0 && i < row.length; i++) {
    const left = i < step ? 0 : row[i - step]!;
    const up = above[i]!;
    if (kind === 1) row[i] += left;
    else if (kind === 2) row[i] += up;
    else if (kind === 3) row[i] += (left + up) >> 1;
    else row[i] += paeth(left, up, i < step ? 0 : above[i - step]!);
  }
  return true;
}

/** Grey of a pixel on black: from the numbers of the pixel, or from its index. */
type ToGrey = (row: Uint8Array, column: number) => number;

const onBlack = (value: number, alpha: number): number => Math.round((value * alpha) / 255);

function indexed(table: Uint8Array, bits: number, file: string): ToGrey {
  const mask = (1 << bits) - 1;
  return (row, column) => {
    const bit = column * bits;
    const index = (row[bit >> 3]! >> (8 - bits - (bit & 7))) & mask;
    if (index >= table.length) throw expected(`colours of a palette of ${table.length}`, `number ${index}`, file);
    return table[index]!;
  };
}

function paletteTable(chunks: readonly Chunk[], file: string): Uint8Array {
  const palette = chunks.find(({ type }) => type === 'PLTE')?.data;
  if (!palette || palette.length % 3 !== 0 || palette.length > 768)
    throw expected('a palette of up to 256 colours', palette ? `${palette.length} bytes` : 'none', file);
  const alpha = chunks.find(({ type }) => type === 'tRNS')?.data;
  return Uint8Array.from({ length: palette.length / 3 }, (_, i) => {
    const [r, g, b] = [0, 1, 2].map((c) => onBlack(palette[3 * i + c]!, alpha?.[i] ?? 255));
    return luma(r!, g!, b!);
  });
}

function toGreyOf({ bits, colour, channels }: Header, chunks: readonly Chunk[], file: string): ToGrey {
  if (colour === 3) return indexed(paletteTable(chunks, file), bits, file);
  const key = chunks.find(({ type }) => type === 'tRNS')?.data;
  const keyed = key?.length === 2 * channels ? Array.from({ length: channels }, (_, c) => key.readUInt16BE(2 * c)) : [];
  if (colour === 0) {
    const scale = 255 / ((1 << bits) - 1);
    return indexed(
      Uint8Array.from({ length: 1 << bits }, (_, v) => (v === keyed[0] ? 0 : v * scale)),
      bits,
      file,
    );
  }
  if (colour === 4) return (row, column) => onBlack(row[2 * column]!, row[2 * column + 1]!);
  if (colour === 2)
    return (row, column) => {
      const [r, g, b] = [row[3 * column]!, row[3 * column + 1]!, row[3 * column + 2]!];
      return r === keyed[0] && g === keyed[1] && b === keyed[2] ? 0 : luma(r, g, b);
    };
  return (row, column) => {
    const [r, g, b, alpha] = [row[4 * column]!, row[4 * column + 1]!, row[4 * column + 2]!, row[4 * column + 3]!];
    return luma(onBlack(r, alpha), onBlack(g, alpha), onBlack(b, alpha));
  };
}

function inflated(chunks: readonly Chunk[], length: number, file: string): Buffer {
  const packed = Buffer.concat(chunks.filter(({ type }) => type === 'IDAT').map(({ data }) => data));
  let bytes: Buffer;
  try {
    bytes = inflateSync(packed, { maxOutputLength: length + 1 });
  } catch (error) {
    throw expected('an intact PNG', `damaged pixels (${messageOf(error)})`, file);
  }
  if (bytes.length !== length) throw expected(`${length} bytes of pixels`, `${bytes.length}`, file);
  return bytes;
}

/**
 * A PNG of 1 to 8 bits a channel as grey: colours by luma, transparency on black. Colour profiles and gamma are not
 * applied: a stored grey is the grey. Throws a UserError for damage, 16 bits and pictures that are stored turned.
 */
export function decodePng(bytes: Buffer, file: string): GreyImage {
  const chunks = chunksOf(bytes, file);
  const header = headerOf(chunks[0]!, file);
  const turned = exifOrientation(chunks.find(({ type }) => type === 'eXIf')?.data);
  if (turned !== 1) throw expected('a picture that is stored upright', `EXIF orientation ${turned}`, file);
  const passes = passesOf(header);
  const raw = inflated(
    chunks,
    passes.reduce((sum, { rows, rowBytes }) => sum + rows * (1 + rowBytes), 0),
    file,
  );
  const { width, height, bits, channels } = header;
  const step = Math.max(1, (bits * channels) >> 3);
  const toGrey = toGreyOf(header, chunks, file);
  const data = new Uint8Array(width * height);
  let at = 0;
  for (const { x, y, stepX, stepY, columns, rows, rowBytes } of passes) {
    let above: Uint8Array = new Uint8Array(rowBytes);
    for (let r = 0; r < rows; r++, at += 1 + rowBytes) {
      const row = raw.subarray(at + 1, at + 1 + rowBytes);
      if (!unfilter(raw[at]!, row, above, step)) throw expected('an intact PNG', `the filter ${raw[at]}`, file);
      const start = x + width * (y + r * stepY);
      for (let c = 0; c < columns; c++) data[start + c * stepX] = toGrey(row, c);
      above = row;
    }
  }
  return { data, width, height };
}
