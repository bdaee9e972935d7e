import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeGreyPng } from '../../lib/io/greyPng.ts';
import type { GreyImage } from '../../lib/io/pixels.ts';
import { decodePng } from '../../lib/io/png.ts';

const decode = (bytes: Buffer): Promise<GreyImage> =>
  decodePng({ file: 'a.png', size: bytes.length, read: async (at, count) => bytes.subarray(at, at + count) });

describe('A grey picture as PNG', () => {
  it('has one channel of 8 bits', () => {
    const bytes = encodeGreyPng({ data: Uint8Array.of(0, 128, 255, 0, 1, 2), width: 3, height: 2 });
    const [bits, colourType] = bytes.subarray(24, 26);
    expect({ bits, colourType }).toEqual({ bits: 8, colourType: 0 });
  });

  it('has its size and every value', async () => {
    const sizes = fc.record({ width: fc.integer({ min: 1, max: 40 }), height: fc.integer({ min: 1, max: 40 }) });
    const pictures = sizes.chain(({ width, height }) =>
      fc.record({
        data: fc.uint8Array({ minLength: width * height, maxLength: width * height }),
        width: fc.constant(width),
        height: fc.constant(height),
      }),
    );
    await fc.assert(
      fc.asyncProperty(pictures, async ({ data, width, height }) => {
        const read = await decode(encodeGreyPng({ data, width, height }));
        expect([read.width, read.height, [...read.data]]).toEqual([width, height, [...data]]);
      }),
    );
  });

  it('is refused where values and size differ', () => {
    expect(() => encodeGreyPng({ data: new Uint8Array(5), width: 3, height: 2 })).toThrow(
      'Expected 6 values for 3×2 pixels, found 5',
    );
  });
});
