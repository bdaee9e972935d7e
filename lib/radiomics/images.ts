/** The images that features are taken from: the original and what filters make of it. */
import { expected } from '../errors.ts';
import { type Box, cropVolume } from '../volume/crop.ts';
import type { Volume } from '../volume/volume.ts';
import { type AxisIndex, axes } from './aggregation.ts';
import { laplacianOfGaussian, logImageName } from './filters/laplacianOfGaussian.ts';
import { waveletTransform } from './filters/wavelet.ts';
import type { RadiomicsSettings } from './settings.ts';

/**
 * The part of an image in the box that was asked for, under the name that begins its features,
 * such as `original` or `wavelet-LLH`.
 */
export interface NamedImage {
  readonly name: string;
  readonly volume: Volume;
}

/**
 * Makes the images of one case, each cut to `box`, one after another, so that only one needs memory at a time.
 * Filters see the whole image.
 */
export type ImageMaker = (image: Volume, box: Box, settings: RadiomicsSettings) => Iterable<NamedImage>;

/** The images that the settings ask for, in this order: original, LoG (one for each sigma), wavelet. */
export function* derivedImages(image: Volume, box: Box, settings: RadiomicsSettings): Generator<NamedImage> {
  if (settings.original) yield { name: 'original', volume: cropVolume(image, box.start, box.shape) };
  for (const sigmaMm of settings.logSigmasMm)
    yield { name: logImageName(sigmaMm), volume: laplacianOfGaussian(image, Number(sigmaMm), { box }) };
  if (settings.waveletLevels === 0) return;
  const along = ([0, 1, 2] as AxisIndex[]).filter((axis) => !settings.force2D || axes[axis] !== settings.sliceAxis);
  yield* waveletTransform(image, { axes: along, level: settings.waveletLevels, box });
}

/** Refuses an image that is not on the box's grid. */
export function checkInBox({ name, volume }: NamedImage, { shape }: Box): void {
  if (volume.shape.some((n, axis) => n !== shape[axis]))
    throw expected(`the image ${name} of shape ${shape.join('×')}`, volume.shape.join('×'));
}
