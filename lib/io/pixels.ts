/** What all readers of pictures share. */
import { expected } from '../errors.ts';

/** `data[x + width * y]`, 0 black to 255 white. */
export interface GreyImage {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  /** Values scatter around those that were stored, as JPEG's do. */
  readonly isLossy?: true;
  /** Stored with 16 bits a channel, of which 8 are left. */
  readonly isReduced?: true;
}

/** ITU-R 601-2 luma in 16-bit fixed point, as Pillow's convert('L'); grey pixels keep their value exactly. */
export const luma = (r: number, g: number, b: number): number => (r * 19595 + g * 38470 + b * 7471 + 0x8000) >>> 16;

/** 64 million pixels; a CT slice has a quarter of a million. */
const mostPixels = 2 ** 26;
const longestSide = 2 ** 15 - 1;

/** Throws a UserError, before anything is allocated, for a picture without pixels or with too many. */
export function assertPictureSize(width: number, height: number, file: string): void {
  if (width >= 1 && height >= 1 && width <= longestSide && height <= longestSide && width * height <= mostPixels)
    return;
  throw expected(`a picture of 1 to ${mostPixels} pixels`, `${width}×${height}`, file);
}

/** The orientation in EXIF data (TIFF header and first directory), 1 where there is none: rows run from the top. */
export function exifOrientation(exif: Buffer | undefined): number {
  if (!exif || exif.length < 8) return 1;
  const little = exif.toString('latin1', 0, 2) === 'II';
  const two = (at: number): number => (little ? exif.readUInt16LE(at) : exif.readUInt16BE(at));
  const start = little ? exif.readUInt32LE(4) : exif.readUInt32BE(4);
  if (start + 2 > exif.length) return 1;
  for (let i = 0, at = start + 2; i < two(start) && at + 12 <= exif.length; i++, at += 12)
    if (two(at) === 0x0112) return two(at + 8);
  return 1;
}
