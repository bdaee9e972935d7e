import { writeFile } from 'node:fs/promises';
import { encodePng } from '../../lib/io/image.ts';
import type { GreyImage } from '../../lib/io/pixels.ts';

/** Writes a grey picture as PNG. */
export async function writeGreyPng(file: string, { data, width, height }: GreyImage): Promise<void> {
  const rgba = new Uint8ClampedArray(4 * data.length);
  for (let i = 0; i < data.length; i++) rgba.set([data[i]!, data[i]!, data[i]!, 255], 4 * i);
  await writeFile(file, encodePng(rgba, width, height));
}
