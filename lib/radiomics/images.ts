/** The images that features are taken from: the original and what filters make of it. */
import { expected, UserError } from '../errors.ts';
import type { Volume } from '../volume/volume.ts';
import type { RadiomicsSettings } from './settings.ts';

/** An image under the name that begins its features, such as `original` or `wavelet-LLH`; on the grid of the original. */
export interface NamedImage {
  readonly name: string;
  readonly volume: Volume;
}

/** Makes the images of one case, one after another, so that only one needs memory at a time. */
export type ImageMaker = (image: Volume, settings: RadiomicsSettings) => AsyncIterable<NamedImage> | Iterable<NamedImage>;

/** The images that the settings ask for: original, LoG by ascending order of the settings, wavelet. */
export async function* derivedImages(image: Volume, settings: RadiomicsSettings): AsyncGenerator<NamedImage> {
  if (settings.original) yield { name: 'original', volume: image };
  if (settings.logSigmasMm.length === 0 && settings.wavelet === null) return;
  throw new UserError('Expected no image filters, found logSigmasMm or wavelet: this version has none');
}

/** Refuses an image on another grid than the original's. */
export function checkSameGrid({ name, volume }: NamedImage, { shape }: Volume): void {
  if (volume.shape.some((n, axis) => n !== shape[axis])) throw expected(`the image ${name} of shape ${shape.join('×')}`, volume.shape.join('×'));
}
