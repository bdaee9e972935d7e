import { describe, expect, it } from 'vitest';
import { decodeRle } from '../../lib/dicom/rle.ts';
import { encodeRle } from './encoders.ts';

/** By hand from PS3.5, annex G.5: a header with one run from byte 64 on, then PackBits. */
const oneRun = (...bytes: number[]): Buffer => {
  const header = Buffer.alloc(64);
  header.writeUInt32LE(1, 0);
  header.writeUInt32LE(64, 4);
  return Buffer.concat([header, Buffer.from(bytes)]);
};

describe('RLE', () => {
  it('has counts of others (n - 1) and of equals (257 - n), and 128 means nothing', () => {
    expect([...decodeRle(oneRun(2, 7, 8, 9, 128, 254, 5), 6, 1, 'a')]).toEqual([7, 8, 9, 5, 5, 5]);
  });
  it('has the most significant bytes first', () => {
    const values = Buffer.from(Uint16Array.of(0x0102, 0x0102, 0xfffe, 3).buffer);
    const packed = encodeRle(values, 2);
    // The first run holds 1, 1, 255, 0.
    expect([...packed.subarray(64, 68)]).toEqual([255, 1, 1, 255]);
    expect(decodeRle(packed, 4, 2, 'a')).toEqual(values);
  });
  it('that holds too few pixels, runs beyond its end or as many runs as there are no bytes is refused', () => {
    expect(() => decodeRle(oneRun(0, 7), 2, 1, 'a')).toThrow('2 pixels in an RLE run, found 1 in a');
    expect(() => decodeRle(oneRun(0, 7), 1, 2, 'a')).toThrow('2 RLE runs, one a byte, found 1');
    const beyond = oneRun(0, 7);
    beyond.writeUInt32LE(100, 4);
    expect(() => decodeRle(beyond, 1, 1, 'a')).toThrow('RLE runs inside their frame');
    expect(() => decodeRle(Buffer.alloc(10), 1, 1, 'a')).toThrow('an RLE header of 64 bytes');
  });
});
