/** TIFF pictures to 8-bit grey: bilevel, grey, palette and RGB, 8 and 16 bits, plain, LZW, Deflate and PackBits. */
import { expected, messageOf } from '../errors.ts';
import { assertFitsMemory } from './bytes.ts';
import { type GreyImage, luma } from './pixels.ts';
import { readTiffHeader, type TiffHeader } from './tiffHeader.ts';
import { copyPlain, unpackBits, unpackDeflate, unpackLzw } from './tiffStrips.ts';

const rowBytesOf = ({ width, samples, bits }: TiffHeader): number => Math.ceil((width * samples * bits) / 8);

function unpack(header: TiffHeader, packed: Uint8Array, out: Uint8Array): number {
  const { compression, rowsPerStrip } = header;
  if (compression === 'none') return copyPlain(packed, out);
  if (compression === 'LZW') return unpackLzw(packed, out);
  if (compression === 'PackBits') return unpackBits(packed, out);
  return unpackDeflate(packed, out, rowsPerStrip * rowBytesOf(header)); // some writers fill the last strip up
}

/** All rows, one behind the other, as they were before they were packed. */
function rowsOf(bytes: Buffer, header: TiffHeader, file: string): Uint8Array {
  const { strips, rowsPerStrip, height, compression } = header;
  const rowBytes = rowBytesOf(header);
  const rows = new Uint8Array(rowBytes * height);
  strips.forEach(({ offset, bytes: length }, i) => {
    const from = i * rowsPerStrip * rowBytes;
    const out = rows.subarray(from, Math.min(rows.length, from + rowsPerStrip * rowBytes));
    let filled: number;
    try {
      filled = unpack(header, bytes.subarray(offset, offset + length), out);
    } catch (error) {
      throw expected(`an intact TIFF (${compression})`, `damage in strip ${i} (${messageOf(error)})`, file);
    }
    if (filled < out.length)
      throw expected(`${out.length} bytes in strip ${i} of the TIFF`, `${filled}, or damage`, file);
  });
  return rows;
}

/** The samples as numbers, differences summed up along each row. */
function samplesOf(rows: Uint8Array, header: TiffHeader): Uint8Array | Uint16Array {
  const { width, height, samples, bits, littleEndian, isDifferenced } = header;
  if (bits === 1) {
    const rowBytes = rowBytesOf(header);
    return Uint8Array.from({ length: width * height }, (_, i) => {
      const x = i % width;
      return (rows[Math.floor(i / width) * rowBytes + (x >> 3)]! >> (7 - (x & 7))) & 1;
    });
  }
  const [low, high] = littleEndian ? [0, 1] : [1, 0];
  const values =
    bits === 8
      ? rows
      : Uint16Array.from({ length: rows.length / 2 }, (_, i) => rows[2 * i + low]! | (rows[2 * i + high]! << 8));
  const perRow = width * samples;
  if (isDifferenced)
    for (let i = 0; i < values.length; i++) if (i % perRow >= samples) values[i] = values[i]! + values[i - samples]!;
  return values;
}

/** The brightest value that 12 bits hold: 16 bits with no more are CT numbers or the like, and would be black. */
const darkest16 = 4095;

/** Throws a UserError for 16 bits of which only the lowest are used, which as a picture would be black. */
function assertFullRange(values: ArrayLike<number>, file: string): void {
  let brightest = 0;
  for (let i = 0; i < values.length; i++) if (values[i]! > brightest) brightest = values[i]!;
  if (brightest > 0 && brightest <= darkest16)
    throw expected(
      'a 16-bit TIFF whose white is 65535 (save it with 8 bits, windowed as it is to be seen)',
      `no value above ${brightest}`,
      file,
    );
}

/**
 * The grey pixels of a TIFF; colours become grey by luma, 16 bits are divided by 257. Throws a UserError that names the
 * file for damage, a cut-off file, several pages, what is not read (readTiffHeader) and 16 bits that use the lowest
 * twelve only.
 */
export function decodeTiff(bytes: Buffer, file: string): GreyImage {
  const header = readTiffHeader(bytes, file);
  const { width, height, samples, bits, colour, palette } = header;
  assertFitsMemory(width * height + (bits === 16 ? 2 : 1) * rowBytesOf(header) * height, file);
  const values = samplesOf(rowsOf(bytes, header, file), header);
  if (bits === 16) assertFullRange(values, file);
  const divisor = bits === 16 ? 257 : 1;
  const eight = (value: number): number => Math.round(value / divisor);
  const white = bits === 1 ? 1 : 255;
  const greyOf: Record<TiffHeader['colour'], (i: number) => number> = {
    'black is 0': (i) => (eight(values[i]!) * 255) / white,
    'white is 0': (i) => 255 - (eight(values[i]!) * 255) / white,
    palette: (i) => {
      const [r, g, b] = [0, 256, 512].map((first) => palette[first + values[i]!]! >> 8);
      return luma(r!, g!, b!);
    },
    RGB: (i) => luma(eight(values[samples * i]!), eight(values[samples * i + 1]!), eight(values[samples * i + 2]!)),
  };
  const data = Uint8Array.from({ length: width * height }, (_, i) => greyOf[colour](i));
  return { data, width, height, ...(bits === 16 && { isReduced: true }) };
}
