/**
 * What the directory of a TIFF picture says of its pixels, checked before anything is allocated. Format: TIFF 6.0,
 * Adobe 1992, https://www.itu.int/itudoc/itu-t/com16/tiff-fx/docs/tiff6.pdf. One grey, palette or RGB picture in strips
 * is taken; pages, tiles, transparency and other numbers than unsigned ones are refused by name.
 */
import { expected } from '../errors.ts';
import { assertPictureSize } from './pixels.ts';

/** How the samples of a TIFF picture are stored. */
export interface TiffHeader {
  readonly littleEndian: boolean;
  readonly width: number;
  readonly height: number;
  readonly bits: 1 | 8 | 16;
  /** Numbers a pixel: 3 of RGB, else 1. */
  readonly samples: 1 | 3;
  readonly colour: 'white is 0' | 'black is 0' | 'RGB' | 'palette';
  /** Red, then green, then blue of each index, 0 to 65535; of a palette. */
  readonly palette: readonly number[];
  readonly compression: Compression;
  /** Whether rows hold differences of neighbours. */
  readonly isDifferenced: boolean;
  readonly rowsPerStrip: number;
  readonly strips: readonly { readonly offset: number; readonly bytes: number }[];
}

type Compression = 'none' | 'LZW' | 'Deflate' | 'PackBits';

const compressions: Readonly<Record<number, Compression>> = {
  1: 'none',
  5: 'LZW',
  8: 'Deflate',
  32946: 'Deflate',
  32773: 'PackBits',
};
const otherCompressions: Readonly<Record<number, string>> = {
  2: 'CCITT',
  3: 'fax (CCITT group 3)',
  4: 'fax (CCITT group 4)',
  6: 'old JPEG',
  7: 'JPEG',
  34712: 'JPEG 2000',
  50000: 'Zstandard',
  50001: 'WebP',
};

const tags = {
  subfile: 254,
  width: 256,
  height: 257,
  bits: 258,
  compression: 259,
  photometric: 262,
  fillOrder: 266,
  offsets: 273,
  orientation: 274,
  samples: 277,
  rowsPerStrip: 278,
  byteCounts: 279,
  planar: 284,
  predictor: 317,
  palette: 320,
  tileWidth: 322,
  sampleFormat: 339,
} as const;

/** Bytes of the types that the tags above may have: BYTE, SHORT, LONG. */
const typeBytes: Readonly<Record<number, number>> = { 1: 1, 3: 2, 4: 4 };
/** No picture of 32,767 rows has more strips. */
const mostValues = 2 ** 16;

export const isTiff = (bytes: Buffer): boolean => /^(II[*+]\0|MM\0[*+])/.test(bytes.toString('latin1', 0, 4));

/** Where the entries of one directory lie by tag, the first of each, and where the next directory does. */
interface Directory {
  readonly entries: ReadonlyMap<number, number>;
  readonly next: number;
}

type Values = ReadonlyMap<number, readonly number[]>;

/** Reads numbers of a file in its byte order, and says where they lie outside of it. */
class Numbers {
  readonly littleEndian: boolean;
  readonly #bytes: Buffer;
  readonly #file: string;
  /** Bytes of the directories so far: more than the file has are one place read again and again. */
  #inDirectories = 0;

  constructor(bytes: Buffer, file: string) {
    this.#bytes = bytes;
    this.#file = file;
    this.littleEndian = bytes[0] === 0x49;
  }

  refusal(what: string, found: string): Error {
    return expected(what, found, this.#file);
  }

  at(offset: number, size: number): number {
    if (offset + size > this.#bytes.length)
      throw this.refusal('a whole TIFF', `${this.#bytes.length} bytes, of which byte ${offset + size} is needed,`);
    return this.littleEndian ? this.#bytes.readUIntLE(offset, size) : this.#bytes.readUIntBE(offset, size);
  }

  directory(offset: number): Directory {
    const count = this.at(offset, 2);
    this.#inDirectories += 6 + 12 * count;
    if (this.#inDirectories > this.#bytes.length)
      throw this.refusal(`directories inside ${this.#bytes.length} bytes`, `${this.#inDirectories} bytes of them`);
    const entries = new Map<number, number>();
    for (let i = 0; i < count; i++) {
      const entry = offset + 2 + 12 * i;
      const tag = this.at(entry, 2);
      if (!entries.has(tag)) entries.set(tag, entry);
    }
    return { entries, next: this.at(offset + 2 + 12 * count, 4) };
  }

  /** The numbers of the tags that are known. */
  valuesOf({ entries }: Directory): Values {
    const known = Object.values(tags).filter((tag) => entries.has(tag));
    return new Map(known.map((tag) => [tag, this.numbersOf(entries.get(tag)!, tag)]));
  }

  /** The numbers of one entry, `most` at most. */
  numbersOf(entry: number, tag: number, most = mostValues): number[] {
    const [type, count] = [this.at(entry + 2, 2), this.at(entry + 4, 4)];
    const size = typeBytes[type];
    if (size === undefined || count < 1 || count > most)
      throw this.refusal(`whole numbers as TIFF tag ${tag}`, `${count} of type ${type}`);
    const start = size * count > 4 ? this.at(entry + 8, 4) : entry + 8;
    return Array.from({ length: count }, (_, i) => this.at(start + size * i, size));
  }
}

/** The numbers of the only full picture. Throws a UserError for several; reduced copies of a picture are no pages. */
function onlyPage(numbers: Numbers): Values {
  const pages: Directory[] = [];
  const seen = new Set<number>();
  for (let at = numbers.at(4, 4); at !== 0 && seen.size < mostValues; ) {
    if (seen.has(at)) throw numbers.refusal('pages that follow one another', 'a circle of them');
    seen.add(at);
    const page = numbers.directory(at);
    const subfile = page.entries.get(tags.subfile);
    const isReduced = subfile !== undefined && (numbers.numbersOf(subfile, tags.subfile, 1)[0]! & 1) === 1;
    if (!isReduced) pages.push(page);
    at = page.next;
  }
  if (pages.length === 1) return numbers.valuesOf(pages[0]!);
  throw numbers.refusal('a TIFF of one page (save each page as a file)', `${pages.length} pages`);
}

type Get = (tag: keyof typeof tags, fallback?: number) => number;

/** What is not read, by tag: the value that is, and what others are called. */
function refuseOthers(numbers: Numbers, get: Get, values: Values): void {
  if (values.has(tags.tileWidth)) throw numbers.refusal('a TIFF in strips (save it anew without tiles)', 'tiles');
  if (get('orientation', 1) !== 1)
    throw numbers.refusal('a TIFF stored upright', `one stored turned (orientation ${get('orientation', 1)})`);
  if (get('fillOrder', 1) !== 1) throw numbers.refusal('the first pixel in the highest bit', 'FillOrder 2');
  const formats = values.get(tags.sampleFormat) ?? [1];
  const odd = formats.find((format) => format !== 1);
  if (odd !== undefined) {
    const found = { 2: 'signed numbers', 3: 'floating-point numbers' }[odd] ?? `sample format ${odd}`;
    throw numbers.refusal('whole numbers from 0 (of CT values make NIfTI, or a window in 8 bits)', found);
  }
}

function colourOf(numbers: Numbers, get: Get): Pick<TiffHeader, 'colour' | 'samples'> {
  const [photometric, samples] = [get('photometric', 1), get('samples', 1)];
  const colour = (['white is 0', 'black is 0', 'RGB', 'palette'] as const)[photometric];
  if (colour === undefined) throw numbers.refusal('a grey, palette or RGB TIFF', `photometric ${photometric}`);
  const wanted = colour === 'RGB' ? 3 : 1;
  if (samples === wanted + 1) throw numbers.refusal('a TIFF without transparency', 'an alpha channel');
  if (samples !== wanted) throw numbers.refusal(`${wanted} numbers a pixel`, `${samples}`);
  if (samples > 1 && get('planar', 1) !== 1)
    throw numbers.refusal('colours pixel by pixel', 'a plane for each (PlanarConfiguration 2)');
  return { colour, samples: wanted };
}

function bitsOf(numbers: Numbers, values: Values, isGrey: boolean): TiffHeader['bits'] {
  const bits = values.get(tags.bits) ?? [1];
  const [first] = bits as [number];
  const isKnown = bits.every((each) => each === first) && (first === 8 || first === 16 || (first === 1 && isGrey));
  if (!isKnown) throw numbers.refusal('8 or 16 bits a colour, or 1 of black and white', bits.slice(0, 4).join(', '));
  return first as TiffHeader['bits'];
}

type Packing = Pick<TiffHeader, 'compression' | 'isDifferenced'>;

function compressionOf(numbers: Numbers, get: Get, bits: TiffHeader['bits']): Packing {
  const [number, predictor] = [get('compression', 1), get('predictor', 1)];
  const compression = compressions[number];
  if (compression === undefined) {
    const found = otherCompressions[number] ?? `compression ${number}`;
    throw numbers.refusal('a TIFF that is plain or packed by LZW, Deflate or PackBits (save it so)', found);
  }
  if (predictor !== 1 && predictor !== 2) throw numbers.refusal('predictor 1 or 2', `${predictor}`);
  const isDifferenced = predictor === 2;
  if (isDifferenced && (bits === 1 || !['LZW', 'Deflate'].includes(compression)))
    throw numbers.refusal('differences of 8 or 16 bits in LZW or Deflate', `some of ${bits} in ${compression}`);
  return { compression, isDifferenced };
}

function stripsOf(numbers: Numbers, values: Values, height: number, length: number) {
  const given = values.get(tags.rowsPerStrip)?.[0] ?? height;
  const rowsPerStrip = Math.min(given, height);
  if (rowsPerStrip < 1) throw numbers.refusal('at least one row in a strip', '0');
  const count = Math.ceil(height / rowsPerStrip);
  const [offsets, bytes] = [values.get(tags.offsets) ?? [], values.get(tags.byteCounts) ?? []];
  if (offsets.length !== count || bytes.length !== count)
    throw numbers.refusal(`${count} strips with their lengths`, `${offsets.length} and ${bytes.length} lengths`);
  const strips = offsets.map((offset, i) => ({ offset, bytes: bytes[i]! }));
  const outside = strips.find((strip) => strip.offset + strip.bytes > length);
  if (outside)
    throw numbers.refusal(`${outside.offset + outside.bytes} bytes, for the last strip`, `a file of ${length}`);
  return { rowsPerStrip, strips };
}

/** Reads and checks the header of a TIFF. Throws a UserError that names the file for damage and what is not read. */
export function readTiffHeader(bytes: Buffer, file: string): TiffHeader {
  const numbers = new Numbers(bytes, file);
  if (numbers.at(2, 2) === 43) throw numbers.refusal('a TIFF of less than 4 GB', 'a BigTIFF');
  const values = onlyPage(numbers);
  const get: Get = (tag, fallback) => {
    const value = values.get(tags[tag])?.[0] ?? fallback;
    if (value === undefined) throw numbers.refusal(`the TIFF tag ${tags[tag]} (${tag})`, 'none');
    return value;
  };
  const [width, height] = [get('width'), get('height')];
  assertPictureSize(width, height, file);
  refuseOthers(numbers, get, values);
  const { colour, samples } = colourOf(numbers, get);
  const bits = bitsOf(numbers, values, colour !== 'RGB' && colour !== 'palette');
  const stored = values.get(tags.palette) ?? [];
  // Some writers count to 255, as libtiff knows of: all would be black.
  const palette = stored.every((value) => value < 256) ? stored.map((value) => 257 * value) : stored;
  if (colour === 'palette' && (bits !== 8 || palette.length !== 3 * 256))
    throw numbers.refusal('a palette of 256 colours with 8 bits', `${palette.length / 3} with ${bits}`);
  return {
    littleEndian: numbers.littleEndian,
    width,
    height,
    bits,
    samples,
    colour,
    palette,
    ...compressionOf(numbers, get, bits),
    ...stripsOf(numbers, values, height, bytes.length),
  };
}
