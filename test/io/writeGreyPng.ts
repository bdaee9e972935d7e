import { writeFile } from 'node:fs/promises';
import { encodeGreyPng } from '../../lib/io/greyPng.ts';
import type { GreyImage } from '../../lib/io/pixels.ts';

/** Writes a grey picture as PNG. */
export const writeGreyPng = (file: string, image: GreyImage): Promise<void> => writeFile(file, encodeGreyPng(image));
