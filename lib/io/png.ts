/**
 * The pixels of a PNG (https://www.w3.org/TR/png-3/): rows unpacked, their filters undone, and turned to grey. The
 * number of bytes behind the compression is checked. Of the rows only two are in memory beside the picture.
 */
import { createInflate, unpacked } from '#system/unpack';
import { expected, messageOf, UserError } from '../errors.ts';
import { assertPictureSize, exifOrientation, type GreyImage, luma } from './pixels.ts';
import { type Chunk, chunksOf, FileWindow, type PngSource, packedPixels } from './pngChunks.ts';

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

interface Row {
  readonly pass: Pass;
  /** Its number in the pass. */
  readonly number: number;
}

function* rowsOf(passes: readonly Pass[]): Generator<Row> {
  for (const pass of passes) for (let number = 0; number < pass.rows; number++) yield { pass, number };
}

/** So many bytes behind the pixels are counted before the picture is given up. */
const countedBehind = 1 << 18;

/** Calls `use` with each row as stored, its filter in front; returns how many bytes there are, of too many a part. */
async function readRows(
  pixels: AsyncIterable<Buffer>,
  passes: readonly Pass[],
  use: (stored: Buffer, row: Row) => void,
): Promise<number> {
  const rows = rowsOf(passes);
  const stored = Buffer.alloc(1 + Math.max(...passes.map(({ rowBytes }) => rowBytes)));
  let row: Row | undefined = rows.next().value;
  let [filled, total, behind] = [0, 0, 0];
  for await (const bytes of pixels) {
    let at = 0;
    while (row && at < bytes.length) {
      const length = 1 + row.pass.rowBytes;
      const taken = bytes.copy(stored, filled, at, Math.min(bytes.length, at + length - filled));
      at += taken;
      filled += taken;
      if (filled < length) break;
      use(stored.subarray(0, length), row);
      row = rows.next().value;
      filled = 0;
    }
    total += bytes.length;
    behind += bytes.length - at;
    if (behind > countedBehind) break;
  }
  return total;
}

/**
 * A PNG of 1 to 8 bits a channel as grey: colours by luma, transparency on black. Colour profiles and gamma are not
 * applied: a stored grey is the grey. Throws a UserError for damage, 16 bits and pictures that are stored turned.
 */
export async function decodePng(source: PngSource): Promise<GreyImage> {
  const { file } = source;
  const window = new FileWindow(source);
  const chunks = await chunksOf(window, source);
  const header = headerOf(chunks[0]!, file);
  const turned = exifOrientation(chunks.find(({ type }) => type === 'eXIf')?.data);
  if (turned !== 1) throw expected('a picture that is stored upright', `EXIF orientation ${turned}`, file);
  const passes = passesOf(header);
  const { width, height, bits, channels } = header;
  const step = Math.max(1, (bits * channels) >> 3);
  const toGrey = toGreyOf(header, chunks, file);
  const data = new Uint8Array(width * height);
  const last = new Uint8Array(Math.max(...passes.map(({ rowBytes }) => rowBytes)));
  const use = (stored: Buffer, { pass: { x, y, stepX, stepY, columns }, number }: Row): void => {
    const row = stored.subarray(1);
    if (number === 0) last.fill(0);
    if (!unfilter(stored[0]!, row, last, step)) throw expected('an intact PNG', `the filter ${stored[0]}`, file);
    last.set(row);
    const start = x + width * (y + number * stepY);
    for (let c = 0; c < columns; c++) data[start + c * stepX] = toGrey(row, c);
  };
  const wanted = passes.reduce((sum, { rows, rowBytes }) => sum + rows * (1 + rowBytes), 0);
  let found: number;
  try {
    const pixels = unpacked(packedPixels(window, source), createInflate({ chunkSize: 1 << 17 }));
    found = await readRows(pixels, passes, use);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw expected('an intact PNG', `damaged pixels (${messageOf(error)})`, file);
  }
  if (found !== wanted)
    throw expected(`${wanted} bytes of pixels`, `${found}${found > wanted + countedBehind ? ' or more' : ''}`, file);
  return { data, width, height };
}
