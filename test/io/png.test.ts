import { deflateSync } from 'node:zlib';
import { createCanvas, loadImage } from '@napi-rs/canvas';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodePng } from '../../lib/io/png.ts';
import { exifOf, makePng, type PngParts, pngChunk, pngSignature } from './makePng.ts';

/** Decodes bytes as those of a file `a.png`. */
const decode = (bytes: Buffer): ReturnType<typeof decodePng> =>
  decodePng({ file: 'a.png', size: bytes.length, read: async (at, count) => bytes.subarray(at, at + count) });
const grey = async (parts: PngParts): Promise<number[]> => Array.from((await decode(makePng(parts))).data);
const palette = pngChunk('PLTE', Buffer.from([0, 0, 0, 255, 0, 0, 0, 255, 0, 255, 255, 255]));

/** Grey values by the published formulas: luma of ITU-R 601-2 is 76 for red, 150 for green, 29 for blue. */
describe('decodePng', () => {
  it.each<[string, PngParts, number[]]>([
    ['grey of 8 bits', { width: 3, height: 1, bits: 8, colour: 0, rows: [[0, 0, 7, 255]] }, [0, 7, 255]],
    [
      '1 bit',
      { width: 10, height: 1, bits: 1, colour: 0, rows: [[0, 0b10110000, 0b01000000]] },
      [255, 0, 255, 255, 0, 0, 0, 0, 0, 255],
    ],
    ['2 bits', { width: 4, height: 1, bits: 2, colour: 0, rows: [[0, 0b00011011]] }, [0, 85, 170, 255]],
    ['4 bits', { width: 2, height: 1, bits: 4, colour: 0, rows: [[0, 0x1f]] }, [17, 255]],
    [
      'a palette of 2 bits',
      { width: 4, height: 1, bits: 2, colour: 3, extra: [palette], rows: [[0, 0b00011011]] },
      [0, 76, 150, 255],
    ],
    [
      'a palette with transparency',
      {
        width: 2,
        height: 1,
        bits: 8,
        colour: 3,
        extra: [palette, pngChunk('tRNS', Buffer.from([255, 255, 255, 128]))],
        rows: [[0, 2, 3]],
      },
      [150, 128],
    ],
    [
      'colours',
      { width: 3, height: 1, bits: 8, colour: 2, rows: [[0, 255, 0, 0, 0, 255, 0, 0, 0, 255]] },
      [76, 150, 29],
    ],
    ['grey with alpha', { width: 2, height: 1, bits: 8, colour: 4, rows: [[0, 200, 255, 255, 128]] }, [200, 128]],
    [
      'colours with alpha',
      { width: 2, height: 1, bits: 8, colour: 6, rows: [[0, 255, 0, 0, 255, 255, 255, 255, 0]] },
      [76, 0],
    ],
    [
      'every filter',
      {
        width: 2,
        height: 5,
        bits: 8,
        colour: 0,
        rows: [
          [0, 10, 20],
          [1, 5, 3],
          [2, 1, 1],
          [3, 2, 2],
          [4, 1, 250],
        ],
      },
      [10, 20, 5, 8, 6, 9, 5, 9, 6, 3],
    ],
  ])('reads %s', async (_, parts, values) => {
    expect(await grey(parts)).toEqual(values);
  });

  it('puts the seven passes of an interlaced picture where they belong', async () => {
    // 5×5 pixels, pixel (x, y) = 10 y + x; passes by the table in the standard, the second has a pixel at x = 4.
    const at = (xs: number[], ys: number[]): number[][] => ys.map((y) => [0, ...xs.map((x) => 10 * y + x)]);
    const rows = [
      ...at([0], [0]),
      ...at([4], [0]),
      ...at([0, 4], [4]),
      ...at([2], [0, 4]),
      ...at([0, 2, 4], [2]),
      ...at([1, 3], [0, 2, 4]),
      ...at([0, 1, 2, 3, 4], [1, 3]),
    ];
    const wanted = Array.from({ length: 25 }, (_, i) => 10 * Math.floor(i / 5) + (i % 5));
    expect(await grey({ width: 5, height: 5, bits: 8, colour: 0, interlace: 1, rows })).toEqual(wanted);
  });

  it('decodes pictures of random pixels as Skia does', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 4 * 35, maxLength: 4 * 35 }), async (values) => {
        const canvas = createCanvas(7, 5);
        const rgba = canvas.getContext('2d').createImageData(7, 5);
        rgba.data.set(values.map((value, i) => (i % 4 === 3 ? 255 : value)));
        canvas.getContext('2d').putImageData(rgba, 0, 0);
        const bytes = canvas.toBuffer('image/png');
        const again = createCanvas(7, 5).getContext('2d');
        again.drawImage(await loadImage(bytes), 0, 0);
        const seen = again.getImageData(0, 0, 7, 5).data;
        const luma = (i: number): number =>
          (seen[4 * i]! * 19595 + seen[4 * i + 1]! * 38470 + seen[4 * i + 2]! * 7471 + 0x8000) >>> 16;
        expect(Array.from((await decode(bytes)).data)).toEqual(Array.from({ length: 35 }, (_, i) => luma(i)));
      }),
      { numRuns: 50 },
    );
  });

  const small: PngParts = { width: 4, height: 4, bits: 8, colour: 0, rows: [1, 2, 3, 4].map((v) => [0, v, v, v, v]) };
  it('refuses a picture that is cut off at any byte', async () => {
    const whole = makePng(small);
    for (let length = 8; length < whole.length; length++)
      await expect(decode(whole.subarray(0, length))).rejects.toThrow(/^Expected .* in a\.png$/);
  });
  it('refuses a picture with any bit flipped', async () => {
    const whole = makePng(small);
    for (let bit = 64; bit < 8 * whole.length; bit++) {
      const damaged = Buffer.from(whole);
      damaged[bit >> 3]! ^= 1 << (bit & 7);
      await expect(decode(damaged)).rejects.toThrow(/^Expected .* in a\.png$/);
    }
  });
  it('reads pixels in many chunks, of which some hold nothing and some lie across a megabyte', async () => {
    const [width, height] = [1500, 1000];
    const values = Array.from({ length: width * height }, (_, i) => (Math.imul(i, 2654435761) >>> 13) & 255);
    const rows = Array.from({ length: height }, (_, y) => [0, ...values.slice(y * width, (y + 1) * width)]);
    const packed = deflateSync(Buffer.from(rows.flat()), { level: 0 });
    const ends = [0, 1, 1, 7, 600_000, 1_200_000, packed.length];
    const chunks = ends.slice(1).map((end, i) => pngChunk('IDAT', packed.subarray(ends[i], end)));
    const whole = makePng({ width, height, bits: 8, colour: 0, rows: [] });
    const head = whole.subarray(0, 8 + 25);
    const bytes = Buffer.concat([head, ...chunks, pngChunk('IEND', Buffer.alloc(0))]);
    expect(Buffer.from(values).equals((await decode(bytes)).data)).toBe(true);
  });
  it.each<[string, Buffer, string | RegExp]>([
    ['16 bits', makePng({ ...small, bits: 16, rows: [] }), '16 bits, which have no such scale'],
    ['30000 × 30000 pixels', makePng({ ...small, width: 30000, height: 30000, rows: [] }), 'found 30000×30000 in'],
    ['no pixels', makePng({ ...small, width: 0, rows: [] }), 'found 0×4 in'],
    ['too few pixels', makePng({ ...small, rows: small.rows.slice(1) }), 'Expected 20 bytes of pixels, found 15'],
    ['too many pixels', makePng({ ...small, rows: [...small.rows, [0]] }), 'Expected 20 bytes of pixels, found 21'],
    ['a far too long stream', makePng({ ...small, rows: [Array.from({ length: 1e6 }, () => 0)] }), /found \d+ or more/],
    ['an unknown filter', makePng({ ...small, rows: [[9, 1, 1, 1, 1], ...small.rows.slice(1)] }), 'the filter 9'],
    [
      'an index without colour',
      makePng({ ...small, colour: 3, extra: [pngChunk('PLTE', Buffer.alloc(6))] }),
      'number 2',
    ],
    ['no palette', makePng({ ...small, colour: 3 }), 'a palette of up to 256 colours, found none'],
    ['an unknown colour type', makePng({ ...small, colour: 5 }), 'colour type 5'],
    ['no header', Buffer.concat([pngSignature, pngChunk('IEND', Buffer.alloc(0))]), 'begins with IHDR'],
    ['an orientation', makePng({ ...small, extra: [pngChunk('eXIf', exifOf(6))] }), 'found EXIF orientation 6'],
  ])('refuses %s', async (_, bytes, sentence) => {
    await expect(decode(bytes)).rejects.toThrow(sentence);
  });
});
