/** The images that features are taken from: the original and what filters make of it. */
import { expected } from '../errors.ts';
import { type Box, cropVolume } from '../volume/crop.ts';
import type { Volume } from '../volume/volume.ts';
import { type AxisIndex, axes } from './aggregation.ts';
import { binaryPattern2d } from './filters/binaryPattern2d.ts';
import { binaryPatterns3d } from './filters/binaryPattern3d.ts';
import { gradientMagnitude } from './filters/gradient.ts';
import { intensityImage } from './filters/intensity.ts';
import { laplacianOfGaussian, logImageName } from './filters/laplacianOfGaussian.ts';
import { waveletTransform } from './filters/wavelet.ts';
import type { ImageKind, RadiomicsSettings, Transform } from './settings.ts';

/**
 * The part of an image in the box that was asked for, under the name that begins its features,
 * such as `original` or `wavelet-LLH`.
 */
export interface NamedImage {
  readonly name: string;
  readonly volume: Volume;
  /** Which of the settings' `perImage` hold for it; none where it is not given. */
  readonly kind?: ImageKind;
}

/** The box that is wanted of each image, and which of its voxels (indices, x fastest) lie in the ROI. */
export interface Wanted {
  readonly box: Box;
  readonly inRoi: Int32Array;
}

/**
 * Makes the images of one case, each cut to the box, one after another, so that only one needs memory at a time.
 * Filters see the whole image; outside of the ROI they may leave voxels 0.
 */
export type ImageMaker = (image: Volume, wanted: Wanted, settings: RadiomicsSettings) => Iterable<NamedImage>;

function* transformed(
  image: Volume,
  { box, inRoi }: Wanted,
  settings: RadiomicsSettings,
  kind: Transform,
): Generator<NamedImage> {
  const { lbp2dRadius, lbp2dSamples, lbp2dMethod, lbp3dLevels, lbp3dRadius, lbp3dSubdivisions } = settings;
  if (kind === 'gradient') {
    yield { name: kind, volume: gradientMagnitude(image, box, settings.gradientUsesSpacing), kind };
  } else if (kind === 'lbp-2D') {
    const sliceAxis = axes.indexOf(settings.sliceAxis) as AxisIndex;
    const options = { radius: lbp2dRadius, samples: lbp2dSamples, method: lbp2dMethod, sliceAxis };
    yield { name: kind, volume: binaryPattern2d(image, box, options), kind };
  } else if (kind === 'lbp-3D') {
    const options = { levels: lbp3dLevels, radius: lbp3dRadius, subdivisions: lbp3dSubdivisions };
    for (const made of binaryPatterns3d(image, box, options, inRoi)) yield { ...made, kind };
  } else yield { name: kind, volume: intensityImage(image, kind, box), kind };
}

/** The images that the settings ask for, in this order: original, LoG (one for each sigma), wavelet, transforms. */
export function* derivedImages(image: Volume, wanted: Wanted, settings: RadiomicsSettings): Generator<NamedImage> {
  const { box } = wanted;
  const { wavelet, waveletLevels: level, waveletStartLevel: startLevel } = settings;
  if (settings.original) yield { name: 'original', volume: cropVolume(image, box.start, box.shape), kind: 'original' };
  for (const sigmaMm of settings.logSigmasMm)
    yield { name: logImageName(sigmaMm), volume: laplacianOfGaussian(image, Number(sigmaMm), { box }), kind: 'log' };
  if (level > 0) {
    const along = ([0, 1, 2] as AxisIndex[]).filter((axis) => !settings.force2D || axes[axis] !== settings.sliceAxis);
    for (const made of waveletTransform(image, { wavelet, axes: along, level, startLevel, box }))
      yield { ...made, kind: 'wavelet' };
  }
  for (const kind of settings.transforms) yield* transformed(image, wanted, settings, kind);
}

/** Refuses an image that is not on the box's grid. */
export function checkInBox({ name, volume }: NamedImage, { shape }: Box): void {
  if (volume.shape.some((n, axis) => n !== shape[axis]))
    throw expected(`the image ${name} of shape ${shape.join('×')}`, volume.shape.join('×'));
}
