import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../lib/errors.ts';
import { decodeTiff } from '../../lib/io/tiff.ts';
import { Random } from '../../lib/random.ts';
import { packLzw, type TiffParts, tiff } from './makeTiff.ts';

const grey = Uint8Array.of(0, 10, 20, 30, 250, 255);
const usual: TiffParts = { width: 3, height: 2, strips: [grey] };
const read = (parts: Partial<TiffParts>, more = usual): number[] => [
  ...decodeTiff(tiff({ ...more, ...parts }), 'a.tif').data,
];
const words = (values: readonly number[], isBig: boolean): Uint8Array =>
  Uint8Array.from(values.flatMap((v) => (isBig ? [v >> 8, v & 255] : [v & 255, v >> 8])));

describe('a TIFF', () => {
  it('is read in both byte orders, in one strip or several', () => {
    expect(decodeTiff(tiff(usual), 'a.tif')).toEqual({ data: grey, width: 3, height: 2 });
    expect(read({ isBig: true })).toEqual([...grey]);
    expect(read({ strips: [grey.subarray(0, 3), grey.subarray(3)] })).toEqual([...grey]);
  });
  it('is read from Deflate, with and without differences, also where the last strip is filled up', () => {
    expect(read({ strips: [deflateSync(grey)], tags: { 259: [8] } })).toEqual([...grey]);
    // 0 10 20 → 0 10 10; 30 250 255 → 30 220 5
    const differences = deflateSync(Uint8Array.of(0, 10, 10, 30, 220, 5));
    expect(read({ strips: [differences], tags: { 259: [8], 317: [2] } })).toEqual([...grey]);
    const [first, filled] = [Uint8Array.of(1, 2, 3, 4), Uint8Array.of(5, 6, 0, 0)].map((part) => deflateSync(part));
    const three = { width: 2, height: 3, strips: [first!, filled!], tags: { 259: [8], 278: [2] } };
    expect(read(three)).toEqual([1, 2, 3, 4, 5, 6]);
  });
  it('is read from PackBits: literal bytes, repeated ones, and nothing', () => {
    // 1 and 2 as they are, a byte that does nothing, 9 four times
    const packed = Uint8Array.of(1, 1, 2, 0x80, 0xfd, 9);
    expect(read({ strips: [packed], tags: { 259: [32773] } })).toEqual([1, 2, 9, 9, 9, 9]);
  });
  it('is read from LZW, a code that is made while it is read included', () => {
    // Codes of 9 bits: clear, 7, 258 (7 7, not there yet), 259 (7 7 7, likewise), end:
    // 100000000 000000111 100000010 100000011 100000001
    const bits = '100000000000000111100000010100000011100000001000';
    const packed = Uint8Array.from(bits.match(/.{8}/g)!, (byte) => Number.parseInt(byte, 2));
    expect(read({ strips: [packed], tags: { 259: [5] } })).toEqual([7, 7, 7, 7, 7, 7]);
  });
  it('is read from LZW with codes of all lengths, and with a table that was full and cleared', () => {
    const random = Random.stream(4, 'lzw');
    for (const values of [2, 5, 256]) {
      const data = Uint8Array.from({ length: 90 * 100 }, () => random.integer(values));
      const strips = [packLzw(data)];
      expect(decodeTiff(tiff({ width: 90, height: 100, strips, tags: { 259: [5] } }), 'a.tif').data).toEqual(data);
    }
  });
  it('has 16 bits divided by 257, in the order of the file', () => {
    const values = [0, 257, 2 * 257 + 128, 65535, 32896, 128];
    for (const isBig of [false, true]) {
      const strips = [words(values, isBig)];
      expect(read({ isBig, strips, tags: { 258: [16] } })).toEqual([0, 1, 2, 255, 128, 0]);
    }
  });
  it('is refused with 16 bits of which only twelve are used, which would be black', () => {
    const strips = [words([0, 4095, 1, 2, 3, 4], false)];
    expect(() => read({ strips, tags: { 258: [16] } })).toThrow('whose white is 65535');
    expect(read({ strips: [words([0, 0, 0, 0, 0, 0], false)], tags: { 258: [16] } })).toEqual([0, 0, 0, 0, 0, 0]);
  });
  it('becomes grey from black and white, inverted, from a palette, and from colours', () => {
    expect(read({ width: 3, height: 2, strips: [Uint8Array.of(0b10100000, 0b01000000)], tags: { 258: [1] } })).toEqual([
      255, 0, 255, 0, 255, 0,
    ]);
    expect(read({ tags: { 262: [0] } })).toEqual([...grey].map((v) => 255 - v));
    const palette = [...Array(768)].map((_, i) => 257 * (255 - (i % 256)));
    expect(read({ tags: { 262: [3], 320: palette } })).toEqual([...grey].map((v) => 255 - v));
    const ofBytes = palette.map((value) => value / 257); // as some writers have it
    expect(read({ tags: { 262: [3], 320: ofBytes } })).toEqual([...grey].map((v) => 255 - v));
    const colours = Uint8Array.of(255, 255, 255, 80, 80, 80);
    const rgb = { width: 2, height: 1, strips: [colours], tags: { 258: [8, 8, 8], 262: [2], 277: [3] } };
    expect(read(rgb)).toEqual([255, 80]);
  });
});

describe('what is not read of TIFF is named', () => {
  it.each([
    ['tiles', { tags: { 322: [16] } }, 'without tiles), found tiles'],
    ['JPEG inside', { tags: { 259: [7] } }, 'LZW, Deflate or PackBits (save it so), found JPEG'],
    ['fax', { tags: { 259: [4] } }, 'found fax (CCITT group 4)'],
    ['floating point', { tags: { 258: [32], 339: [3] } }, 'found floating-point numbers'],
    ['signed numbers', { tags: { 258: [16], 339: [2] } }, 'found signed numbers'],
    ['transparency', { tags: { 277: [2] } }, 'without transparency, found an alpha channel'],
    ['CMYK', { tags: { 262: [5], 277: [4] } }, 'found photometric 5'],
    ['a turned picture', { tags: { 274: [6] } }, 'stored upright'],
    ['12 bits', { tags: { 258: [12] } }, 'found 12'],
    ['planes', { tags: { 258: [8, 8, 8], 262: [2], 277: [3], 284: [2] } }, 'a plane for each'],
    ['differences of single bits', { tags: { 258: [1], 259: [8], 317: [2] } }, 'found some of 1 in Deflate'],
    ['differences that are not packed', { tags: { 317: [2] } }, 'found some of 8 in none'],
    ['a circle of pages', { next: 8 }, 'a circle of them'],
    ['too many pixels', { width: 30000, height: 30000, tags: { 278: [30000] } }, 'found 30000×30000'],
    ['no pixels', { width: 0 }, 'found 0×2'],
    ['strips that are missing', { tags: { 278: [1] } }, '2 strips with their lengths'],
    ['a strip outside of the file', { tags: { 273: [100000] } }, 'a file of'],
    ['a width that is missing', { tags: { 256: [] } }, 'the TIFF tag 256 (width), found none'],
  ] as [string, Partial<TiffParts>, string][])('%s', (_, parts, said) => {
    expect(() => read(parts)).toThrow(said);
    expect(() => read(parts)).toThrow(UserError);
  });
  it('several pages, but not a thumbnail', () => {
    const [page, second] = [tiff({ ...usual, next: 0 }), tiff(usual)];
    // The second directory, behind the first file, with places in the whole.
    const joined = (subfile: readonly number[]): Buffer => {
      const moved = tiff({ ...usual, tags: { 273: [second.length - 6], 254: subfile } });
      return Buffer.concat([tiff({ ...usual, next: page.length }), moved.subarray(8)]);
    };
    expect(() => decodeTiff(joined([]), 'a.tif')).toThrow(
      'one page (save each page as a file), found 2 pages in a.tif',
    );
    expect([...decodeTiff(joined([1]), 'a.tif').data]).toEqual([...grey]);
  });
  it('BigTIFF', () => {
    expect(() => decodeTiff(Buffer.from('II+\0aaaaaaaaaaaa', 'latin1'), 'a.tif')).toThrow('found a BigTIFF');
  });
});

describe('a damaged TIFF', () => {
  const packed = { ...usual, strips: [deflateSync(grey)], tags: { 259: [8] } };
  it('is refused where it is cut off', () => {
    for (const parts of [usual, packed]) {
      const whole = tiff(parts);
      for (let length = 0; length < whole.length; length++)
        expect(() => decodeTiff(whole.subarray(0, length), 'a.tif'), `${length}`).toThrow(UserError);
    }
  });
  it('is refused where it unpacks to more or less than its rows', () => {
    const bomb = deflateSync(new Uint8Array(1 << 22));
    expect(() => read({ ...packed, strips: [bomb] })).toThrow('damage in strip 0');
    expect(() => read({ ...packed, strips: [deflateSync(grey.subarray(1))] })).toThrow(
      '6 bytes in strip 0 of the TIFF, found 5',
    );
    expect(() => read({ strips: [Uint8Array.of(0xff, 0xff)], tags: { 259: [5] } })).toThrow('found 0, or damage');
  });
  it('is refused where a byte that PackBits repeats is missing', () => {
    expect(() => read({ strips: [Uint8Array.of(0xfb)], tags: { 259: [32773] } })).toThrow('6 bytes in strip 0');
  });
  it('is refused soon where its directories lie in each other, or name a long list again and again', () => {
    const many = 60_000;
    const bytes = Buffer.alloc(12 * many + 20);
    bytes.write('II*\0', 'latin1');
    bytes.writeUInt32LE(8, 4);
    bytes.writeUInt16LE(many, 8);
    for (let i = 0; i < many; i++) {
      const entry = 10 + 12 * i;
      bytes.writeUInt16LE(258, entry);
      bytes.writeUInt16LE(1, entry + 2);
      bytes.writeUInt32LE(2 ** 16, entry + 4);
      bytes.writeUInt32LE(8, entry + 8);
    }
    expect(() => decodeTiff(bytes, 'a.tif')).toThrow('the TIFF tag 256 (width), found none');
    bytes.writeUInt32LE(22, 10 + 12 * many); // the next directory begins in the middle of this one
    bytes.writeUInt16LE(many - 1, 22);
    expect(() => decodeTiff(bytes, 'a.tif')).toThrow('bytes of them');
  });
  it('is read or refused in a sentence, whatever byte is changed', () => {
    const random = Random.stream(5, 'tiff');
    const files = [usual, packed, { ...usual, strips: [Uint8Array.of(0x80, 1, 0xe0, 0x40, 0x60)], tags: { 259: [5] } }];
    for (const file of files.map(tiff)) {
      for (let n = 0; n < 700; n++) {
        const bytes = Buffer.from(file);
        for (let k = 0; k < 1 + (n % 3); k++) bytes[random.integer(bytes.length)] = random.integer(256);
        try {
          const { data, width, height } = decodeTiff(bytes, 'a.tif');
          expect(data).toHaveLength(width * height);
        } catch (error) {
          expect(error).toBeInstanceOf(UserError);
        }
      }
    }
  });
});
