/**
 * Grey pictures: PNG, JPEG and TIFF read to 8-bit grey, PNG made. Rows run from top to bottom, pixels from left to
 * right.
 */
import { createCanvas, ImageData, loadImage } from '#system/canvas';
import { expected, messageOf } from '../errors.ts';
import { countValues } from '../volume/values.ts';
import { assertFitsMemory, withPlainSource } from './bytes.ts';
import { fileKind } from './fileKind.ts';
import { checkJpeg, isJpeg, withoutProfile } from './jpeg.ts';
import { type GreyImage, luma } from './pixels.ts';
import { decodePng } from './png.ts';
import { isPng } from './pngChunks.ts';
import { decodeTiff } from './tiff.ts';
import { isTiff } from './tiffHeader.ts';

/** Endings of the pictures that are read, in small letters. */
export const pictureEndings: readonly string[] = ['.jpg', '.jpeg', '.png', '.tif', '.tiff'];

/** Whether a file is a picture by the ending of its name. */
export const isPictureName = (file: string): boolean =>
  pictureEndings.some((ending) => file.toLowerCase().endsWith(ending));

/** Skia decodes all at once: measured are 7 bytes a pixel for grey pictures and 10 for colours, the result included. */
const decodedPixelBytes = 10;

/** So many pixels are turned to grey at once: in colours they take four times the memory of the picture. */
const stripPixels = 1 << 20;

/** The grey pixels of a JPEG of 8 bits a channel. Throws a UserError for damage. */
export async function decodeJpeg(bytes: Buffer, file: string): Promise<GreyImage> {
  const { width, height } = checkJpeg(bytes, file);
  assertFitsMemory(decodedPixelBytes * width * height, file);
  const picture = await loadImage(withoutProfile(bytes)).catch((error) => {
    throw expected('an intact JPEG', `damage (${messageOf(error)})`, file);
  });
  if (picture.width !== width || picture.height !== height)
    throw expected(`a JPEG of ${width}×${height} pixels`, `${picture.width}×${picture.height}`, file);
  const data = new Uint8Array(width * height);
  const rows = Math.min(height, Math.max(1, Math.ceil(stripPixels / width)));
  const context = createCanvas(width, rows).getContext('2d');
  for (let y = 0; y < height; y += rows) {
    const strip = data.subarray(width * y, width * (y + rows));
    context.drawImage(picture, 0, -y);
    const rgba = context.getImageData(0, 0, width, strip.length / width).data;
    for (let i = 0; i < strip.length; i++) strip[i] = luma(rgba[4 * i]!, rgba[4 * i + 1]!, rgba[4 * i + 2]!);
  }
  return { data, width, height, isLossy: true };
}

/** The longest file that is taken for a picture: more than its largest size stored plainly. */
const longestPicture = 2 ** 29;

/**
 * Reads a PNG or JPEG of 8 bits a channel or less, or a TIFF of 8 or 16; colours become grey by luma, transparency of a
 * PNG is shown on black.
 * Throws a UserError when the file is absent, no picture, damaged or cut off (as far as the format can tell), stored
 * turned (EXIF) or larger than 64 million pixels.
 */
export async function readGreyImage(file: string): Promise<GreyImage> {
  return withPlainSource(file, 'a PNG, JPEG or TIFF picture', async (source) => {
    const [start, { size }] = [await source.head(512), source];
    const isPicture = isPng(start) || isJpeg(start) || isTiff(start);
    if (!isPicture || size > longestPicture)
      throw expected(
        'a PNG, JPEG or TIFF picture',
        (!isPicture && fileKind(start)) || `${size} bytes that are none`,
        file,
      );
    if (isPng(start)) return decodePng(source);
    const bytes = await source.read(0, size, 'a picture');
    return isTiff(start) ? decodeTiff(bytes, file) : decodeJpeg(bytes, file);
  });
}

/** Grey values above this are the foreground of a mask: JPEG leaves no clean 0 and 255. */
const maskThreshold = 127;

/**
 * A picture as a mask of 0 and 1: foreground is what is brighter than 127. Throws a UserError for a mask that has
 * values but no bright one, such as one of 0 and 1 or with a dark palette: it would be empty without a word.
 */
export function maskOf({ data }: GreyImage, file: string): Uint8Array {
  const brightest = data.reduce((most, value) => Math.max(most, value), 0);
  if (brightest > 0 && brightest <= maskThreshold)
    throw expected('a mask of 0 and 255 (above 127 is foreground)', `no value above ${brightest}`, file);
  return data.map((value) => (value > maskThreshold ? 1 : 0));
}

/** Share of a mask's foreground from which on grey pixels beside it are more than a blurred edge. */
const manyDark = 0.1;

/**
 * What of a mask's pixels `maskOf` takes for background though they are not black: other classes, one phrase; none as a
 * rule. Of a JPEG nothing is known, whose edges are grey anyway.
 */
export function maskDoubts({ data, isLossy }: GreyImage): string[] {
  const counts = countValues(data);
  const dark = [...counts].filter(([value]) => value > 0 && value <= maskThreshold);
  const sum = (found: readonly (readonly [number, number])[]): number => found.reduce((all, [, n]) => all + n, 0);
  const pixels = sum(dark);
  const bright = data.length - pixels - (counts.get(0) ?? 0);
  if (isLossy || pixels <= manyDark * bright) return [];
  const values = dark.map(([value]) => value);
  const listed = `${values.slice(0, 8).join(', ')}${values.length > 8 ? ', …' : ''}`;
  return [
    `${pixels} pixels of grey (${listed}) count as background beside ${bright} above ${maskThreshold}; ` +
      'are they another class?',
  ];
}

/** The bytes of a PNG from `rgba`, four values 0 to 255 a pixel, row by row from the top. */
export function encodePng(rgba: Uint8ClampedArray, width: number, height: number): Uint8Array {
  if (rgba.length !== 4 * width * height)
    throw expected(`${4 * width * height} values for ${width}×${height} pixels`, `${rgba.length}`);
  const canvas = createCanvas(width, height);
  canvas.getContext('2d').putImageData(new ImageData(rgba, width, height), 0, 0);
  return canvas.toBuffer('image/png');
}
