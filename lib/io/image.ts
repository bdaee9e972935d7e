/**
 * Grey pictures: PNG and JPEG read to 8-bit grey, PNG made. Rows run from top to bottom, pixels from left to right.
 */
import { readFile } from 'node:fs/promises';
import { createCanvas, ImageData, loadImage } from '@napi-rs/canvas';
import { expected, messageOf } from '../errors.ts';
import { explainReadError } from './files.ts';

/** `data[x + width * y]`, 0 black to 255 white. */
export interface GreyImage {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** ITU-R 601-2 luma in 16-bit fixed point, as Pillow's convert('L'); grey pixels keep their value exactly. */
const luma = (r: number, g: number, b: number): number => (r * 19595 + g * 38470 + b * 7471 + 0x8000) >>> 16;

/**
 * Reads a PNG or JPEG; colours become grey by luma, transparency is shown on black.
 * Throws a UserError when the file is absent or not a picture.
 */
export async function readGreyImage(file: string): Promise<GreyImage> {
  const bytes = await readFile(file).catch((error) => {
    throw explainReadError(error, 'a PNG or JPEG picture', file);
  });
  const picture = await loadImage(bytes).catch((error) => {
    throw expected('a PNG or JPEG picture', `${bytes.length} bytes that are none (${messageOf(error)})`, file);
  });
  const { width, height } = picture;
  const context = createCanvas(width, height).getContext('2d');
  context.fillStyle = 'black';
  context.fillRect(0, 0, width, height);
  context.drawImage(picture, 0, 0);
  const rgba = context.getImageData(0, 0, width, height).data;
  const data = new Uint8Array(width * height);
  for (let i = 0; i < data.length; i++) data[i] = luma(rgba[4 * i]!, rgba[4 * i + 1]!, rgba[4 * i + 2]!);
  return { data, width, height };
}

/** The bytes of a PNG from `rgba`, four values 0 to 255 a pixel, row by row from the top. */
export function encodePng(rgba: Uint8ClampedArray, width: number, height: number): Uint8Array {
  if (rgba.length !== 4 * width * height)
    throw expected(`${4 * width * height} values for ${width}×${height} pixels`, `${rgba.length}`);
  const canvas = createCanvas(width, height);
  canvas.getContext('2d').putImageData(new ImageData(rgba, width, height), 0, 0);
  return canvas.toBuffer('image/png');
}
