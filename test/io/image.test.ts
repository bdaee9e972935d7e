import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { inflateSync } from 'node:zlib';
import { createCanvas } from '@napi-rs/canvas';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sha256 } from '../../lib/io/files.ts';
import { encodePng, maskDoubts, maskOf, readGreyImage } from '../../lib/io/image.ts';
import { settings } from '../../lib/settings.ts';
import { writeGreyPng } from './writeGreyPng.ts';

const slices = settings.sharedFolder && path.join(settings.sharedFolder, 'data', 'nih-pancreas-ct-2d');

/** Pillow's sRGB profile with the tags of red and blue exchanged: a decoder that obeys it changes colours. */
const swappedProfile = inflateSync(
  Buffer.from(
    'eNqVkb1LAnEYxz9qYaQhVENExA0WDQpREI1lg4uEmEFWi55vgS/HnRLSGrQ0CA1RS29D/0GtQWtBEBRBRHNjb0vI9ZwKStTQ73ju+fC9' +
      '+z489z2wh3Jq3uiYgXyhpEeCAWUptqw4X3AxLNWLO64a2mw4HOLP83mHzeq3fmsW/zuuZMpQwdYlPKVqeklYtiG0XtIs3hbuV7PxpPCh' +
      'sC8hCwpfWbre4GeLMw1+r+vRyBzYrZlKpo0Tbaxm9bzwmLA3nyurzX2sL3GnCosL0gelhjCIECSAQoIya+Qo4ZdekMx+943XffMUxaPK' +
      'XaOCLo4MWfH6RC3L1JT0tOgpuXJUrNx/5mmkJyca090B6HwyzbcRcO5ArWqaX0emWTsGxyNcFFr+ouQ0/SF6taV5D8CzCWeXLS2xC+db' +
      'MPCgxfV4XXJI2dNpeD2Fnhj03UD3SiOr5nNO7iG6Ib/oGvb2YVTe96x+A+uJaAA=',
    'base64',
  ),
);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'axunet-image-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('pictures', () => {
  it('every grey value survives a PNG', async () => {
    const image = { data: Uint8Array.from({ length: 256 }, (_, i) => i), width: 32, height: 8 };
    await writeGreyPng(path.join(folder, 'grey.png'), image);
    expect(await readGreyImage(path.join(folder, 'grey.png'))).toEqual(image);
  });
  it('colours become grey as in Pillow: red 76, green 150, blue 29, half-transparent white 128', async () => {
    const rgba = new Uint8ClampedArray([255, 0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 255, 255, 255, 255, 128]);
    await writeFile(path.join(folder, 'colour.png'), encodePng(rgba, 4, 1));
    expect(Array.from((await readGreyImage(path.join(folder, 'colour.png'))).data)).toEqual([76, 150, 29, 128]);
  });
  it('a PNG holds its size and, unpacked, the pixels', () => {
    const bytes = Buffer.from(encodePng(new Uint8ClampedArray(4 * 6).fill(255), 3, 2));
    expect([bytes.toString('latin1', 1, 4), bytes.readUInt32BE(16), bytes.readUInt32BE(20)]).toEqual(['PNG', 3, 2]);
    const start = bytes.indexOf('IDAT');
    expect(inflateSync(bytes.subarray(start + 4, start + 4 + bytes.readUInt32BE(start - 4))).length).toBeGreaterThan(6);
  });
  it('a mask without a bright value is refused, not read as empty; one of zeros alone is empty', () => {
    const mask = (...values: number[]) => ({ data: Uint8Array.from(values), width: values.length, height: 1 });
    expect(Array.from(maskOf(mask(0, 127, 128, 255), 'm.png'))).toEqual([0, 0, 1, 1]);
    expect(Array.from(maskOf(mask(0, 0), 'm.png'))).toEqual([0, 0]);
    for (const dark of [1, 76, 127])
      expect(() => maskOf(mask(0, dark), 'm.png')).toThrow(
        `Expected a mask of 0 and 255 (above 127 is foreground), found no value above ${dark} in m.png`,
      );
  });
  it('other classes of a PNG mask are told of; a blurred edge and a JPEG are not', () => {
    const mask = (dark: number, bright: number, isLossy?: true) => ({
      data: new Uint8Array(200).fill(128, 0, dark + bright).fill(38, 0, dark),
      width: 200,
      height: 1,
      ...(isLossy && { isLossy }),
    });
    expect(maskDoubts(mask(80, 24))).toEqual([
      '80 pixels of grey (38) count as background beside 24 above 127; are they another class?',
    ]);
    expect(maskDoubts(mask(5, 60))).toEqual([]);
    expect(maskDoubts(mask(0, 0))).toEqual([]);
    expect(maskDoubts(mask(80, 24, true))).toEqual([]);
  });
  it('a colour profile in a JPEG changes no pixel, as in Pillow', async () => {
    const canvas = createCanvas(8, 8);
    const context = canvas.getContext('2d');
    context.fillStyle = 'rgb(200, 80, 20)';
    context.fillRect(0, 0, 8, 8);
    const plain = canvas.toBuffer('image/jpeg', 95);
    const segment = Buffer.concat([Buffer.from('\xff\xe2\0\0ICC_PROFILE\0\x01\x01', 'latin1'), swappedProfile]);
    segment.writeUInt16BE(segment.length - 2, 2);
    await writeFile(path.join(folder, 'plain.jpg'), plain);
    await writeFile(
      path.join(folder, 'profile.jpg'),
      Buffer.concat([plain.subarray(0, 2), segment, plain.subarray(2)]),
    );
    const [expected, found] = [
      await readGreyImage(path.join(folder, 'plain.jpg')),
      await readGreyImage(path.join(folder, 'profile.jpg')),
    ];
    expect(found).toEqual(expected);
    // np.asarray(Image.open(f).convert('L')) of such a picture is 109 everywhere.
    expect([...new Set(found.data)]).toEqual([109]);
  });
  it('a JPEG that is cut to any part of its length is refused', async () => {
    const canvas = createCanvas(64, 64);
    canvas.getContext('2d').fillRect(10, 10, 30, 30);
    const whole = canvas.toBuffer('image/jpeg');
    for (const share of [0.1, 0.4, 0.8, 0.99]) {
      await writeFile(path.join(folder, 'cut.jpg'), whole.subarray(0, Math.floor(share * whole.length)));
      await expect(readGreyImage(path.join(folder, 'cut.jpg'))).rejects.toThrow(/^Expected a whole JPEG .*cut\.jpg$/);
    }
  });
  it('what is no picture is refused by name', async () => {
    await writeFile(path.join(folder, 'text.jpg'), 'not a picture');
    await expect(readGreyImage(path.join(folder, 'text.jpg'))).rejects.toThrow(
      /^Expected a PNG, JPEG or TIFF picture, found 13 bytes that are none.* in .*text\.jpg$/,
    );
    await expect(readGreyImage(path.join(folder, 'none.jpg'))).rejects.toThrow(/found no such file in .*none\.jpg$/);
    expect(() => encodePng(new Uint8ClampedArray(3), 1, 1)).toThrow('Expected 4 values for 1×1 pixels, found 3');
  });
  it.skipIf(!slices)(
    'a real slice and its mask have the very pixels that Pillow decodes (needs ../shared/data)',
    async () => {
      // sha256(np.asarray(Image.open(f).convert('L')).tobytes()); all 398 pictures of the folder agree in the same way.
      const pillow = {
        images: '8c4780ee10f67649a4b72928e59ae11d4d4ef2a95942b6c96521f3133d74eda5',
        masks: '54b671495ce6fb0b3d6ad685c976582894202627fa7a6dad242df780920fb981',
      };
      for (const [kind, hash] of Object.entries(pillow)) {
        const picture = await readGreyImage(path.join(slices!, kind, 'PANCREAS_0005-1157.jpg'));
        expect([picture.width, picture.height, sha256(picture.data)]).toEqual([512, 512, hash]);
      }
    },
  );
});
