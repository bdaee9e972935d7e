import { describe, expect, it } from 'vitest';
import { decodeJpegLossless } from '../../lib/dicom/jpegLossless.ts';
import { Random } from '../../lib/random.ts';
import { encodeJpegLossless } from './encoders.ts';

const size = { width: 9, height: 7 };
const random = Random.stream(1, 'test', 'jpegLossless');
const values = (bits: number): Uint16Array =>
  Uint16Array.from({ length: size.width * size.height }, () => random.uint32() & (2 ** bits - 1));
const frame = (bits: number) => ({ ...size, bits, isSigned: false });

describe('a lossless JPEG', () => {
  it.each([1, 2, 3, 4, 5, 6, 7])('with selection %i gives back noise of 8, 12 and 16 bits', (selection) => {
    for (const bits of [8, 12, 16]) {
      const given = values(bits);
      const read = decodeJpegLossless(encodeJpegLossless(given, frame(bits), { selection }), size, 'a');
      expect([[...read.pixels], read.precision]).toEqual([[...given], bits]);
    }
  });
  it('may restart every few rows', () => {
    const given = values(12);
    for (const restartRows of [1, 3]) {
      const bytes = encodeJpegLossless(given, frame(12), { selection: 7, restartRows });
      expect([...decodeJpegLossless(bytes, size, 'a').pixels]).toEqual([...given]);
    }
  });
  it('may be shifted down, which loses the lowest bits', () => {
    const given = values(12);
    const bytes = encodeJpegLossless(given, frame(12), { shift: 2 });
    expect([...decodeJpegLossless(bytes, size, 'a').pixels]).toEqual([...given].map((v) => (v >> 2) << 2));
  });
  it('of another size, another kind or without its end is refused', () => {
    const bytes = encodeJpegLossless(values(12), frame(12));
    expect(() => decodeJpegLossless(bytes, { width: 9, height: 8 }, 'a')).toThrow(
      'a JPEG of 9×8 pixels, found 9×7 in a',
    );
    expect(() => decodeJpegLossless(bytes.subarray(0, -20), size, 'a')).toThrow('the end of the data in row');
    expect(() => decodeJpegLossless(Buffer.alloc(100), size, 'a')).toThrow('no JPEG');
    const baseline = Buffer.from(bytes);
    baseline[baseline.indexOf(Buffer.from([0xff, 0xc3])) + 1] = 0xc0;
    expect(() => decodeJpegLossless(baseline, size, 'a')).toThrow('another kind of JPEG (ffc0)');
  });
});
