import { createCanvas } from '@napi-rs/canvas';
import { describe, expect, it } from 'vitest';
import { checkJpeg } from '../../lib/io/jpeg.ts';
import { exifOf } from './makePng.ts';

function jpeg(): Buffer {
  const canvas = createCanvas(40, 24);
  const context = canvas.getContext('2d');
  for (let i = 0; i < 40; i++) {
    context.fillStyle = `rgb(${(i * 37) % 256}, ${(i * 61) % 256}, ${(i * 13) % 256})`;
    context.fillRect(i, 0, 1, 24);
  }
  return canvas.toBuffer('image/jpeg');
}

/** With EXIF data that give this orientation, behind the start marker. */
function turned(orientation: number): Buffer {
  const exif = Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), exifOf(orientation)]);
  const segment = Buffer.from([0xff, 0xe1, 0, exif.length + 2]);
  const whole = jpeg();
  return Buffer.concat([whole.subarray(0, 2), segment, exif, whole.subarray(2)]);
}

describe('checkJpeg', () => {
  it('tells the size of a whole picture, whatever follows it', () => {
    expect(checkJpeg(jpeg(), 'a.jpg')).toEqual({ width: 40, height: 24 });
    expect(checkJpeg(Buffer.concat([jpeg(), Buffer.alloc(5)]), 'a.jpg')).toEqual({ width: 40, height: 24 });
    expect(checkJpeg(turned(1), 'a.jpg')).toEqual({ width: 40, height: 24 });
  });
  it('refuses one that is cut off at any byte', () => {
    const whole = jpeg();
    for (let length = 2; length < whole.length; length++)
      expect(() => checkJpeg(whole.subarray(0, length), 'a.jpg')).toThrow(/^Expected .* in a\.jpg$/);
  });
  it.each([2, 3, 6, 8])(
    'refuses the EXIF orientation %i, which would turn the picture and not its mask',
    (orientation) => {
      expect(() => checkJpeg(turned(orientation), 'a.jpg')).toThrow(
        `Expected a picture that is stored upright, found EXIF orientation ${orientation} in a.jpg`,
      );
    },
  );
  it('refuses sizes that nobody has, 12 bits, CMYK and lossless JPEG before anything is decoded', () => {
    const frame = jpeg().indexOf(Buffer.from([0xff, 0xc0]));
    const changed = (at: number, ...values: number[]): Buffer => {
      const bytes = jpeg();
      bytes.set(values, frame + at);
      return bytes;
    };
    expect(() => checkJpeg(changed(5, 0x75, 0x30, 0x75, 0x30), 'a.jpg')).toThrow('found 30000×30000');
    expect(() => checkJpeg(changed(4, 12), 'a.jpg')).toThrow('8 bits a channel, found 12 bits');
    expect(() => checkJpeg(changed(9, 4), 'a.jpg')).toThrow('1 or 3 channels, found 4');
    expect(() => checkJpeg(changed(1, 0xc3), 'a.jpg')).toThrow('a baseline or progressive JPEG, found the kind 0xc3');
  });
});
