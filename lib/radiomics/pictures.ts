/** Pictures with masks (PNG, JPEG, TIFF) as volumes of one slice, and the settings that fit a plane. */
import { isSameJson } from '../checks.ts';
import { expected } from '../errors.ts';
import { isPictureName, maskDoubts, maskOf, readGreyImage } from '../io/image.ts';
import type { GreyImage } from '../io/pixels.ts';
import type { Vec3, Volume } from '../volume/volume.ts';
import type { Aggregation } from './aggregation.ts';
import { standardFamilies } from './names.ts';
import type { RadiomicsSettings } from './settings.ts';

/** What a picture does not say of itself. */
export interface PictureScale {
  /** Size of a pixel; without it lengths and areas are in pixels. */
  readonly spacingMm?: number;
  /** HU that 0 and 255 stand for; without them grey values are taken as they are. */
  readonly windowHu?: readonly [number, number];
}

/** A picture and its mask as volumes of one slice, and what was odd about the files. */
export interface PicturePair {
  readonly image: Volume<Float64Array>;
  readonly mask: Volume<Uint8Array>;
  readonly imageWarnings: readonly string[];
  readonly maskWarnings: readonly string[];
}

/**
 * Whether image and mask are pictures by their names. Throws a UserError, naming the mask, where one is a picture and
 * the other a volume: they would not lie on one grid.
 */
export function arePictures(image: string, mask: string): boolean {
  const [isImage, isMask] = [isPictureName(image), isPictureName(mask)];
  if (isImage !== isMask)
    throw expected(`a ${isImage ? 'picture' : 'volume'} as the mask of ${image}`, 'another kind of file', mask);
  return isImage;
}

/** The largest value that a mask of labels holds; masks of black and white have brighter pixels. */
const mostLabels = 127;

/**
 * The labels of a mask: 1 where it is brighter than 127, as in all masks of black and white; where it has no pixel as
 * bright, its values as they are. Throws a UserError, as `maskOf`, for a dark JPEG, whose values are no labels.
 */
function labelsOf(picture: GreyImage, file: string): Uint8Array {
  const isOfLabels = !picture.isLossy && picture.data.every((value) => value <= mostLabels);
  return isOfLabels ? picture.data : maskOf(picture, file);
}

/** The grey values of a picture as HU, 0 being the first of `windowHu`; as they are where that is not given. */
export function valuesOf({ data }: GreyImage, windowHu?: readonly [number, number]): Float64Array {
  if (!windowHu) return Float64Array.from(data);
  const [low, high] = windowHu;
  if (!(low < high)) throw expected('a window low,high in HU with low < high', windowHu.join(','));
  return Float64Array.from(data, (grey) => low + (grey * (high - low)) / 255);
}

/** A volume of one slice; x is a picture's columns, y its rows. Pixels of unknown size count as 1. */
export function asSlice<T extends Float64Array | Uint8Array>(
  data: T,
  { width, height }: Pick<GreyImage, 'width' | 'height'>,
  spacingMm = 1,
): Volume<T> {
  const spacing: Vec3 = [spacingMm, spacingMm, 1];
  const affine = [spacingMm, 0, 0, 0, 0, spacingMm, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
  return { data, shape: [width, height, 1], spacingMm: spacing, affine };
}

/** Why the grey values of a picture are not those of the scan, a phrase each. */
function greyDoubts({ isLossy, isReduced }: GreyImage): string[] {
  return [
    ...(isLossy ? ["a JPEG's grey values scatter around those of the scan, which texture sees"] : []),
    ...(isReduced ? ['16 bits are reduced to 8'] : []),
  ];
}

/**
 * Reads a picture and its mask. Throws a UserError for files that are no pictures, a dark JPEG as the mask, and a
 * window that is none; that both are of one size is asked where features are taken.
 */
export async function openPictures(imageFile: string, maskFile: string, scale: PictureScale): Promise<PicturePair> {
  const [image, mask] = await Promise.all([readGreyImage(imageFile), readGreyImage(maskFile)]);
  const labels = labelsOf(mask, maskFile);
  return {
    image: asSlice(valuesOf(image, scale.windowHu), image, scale.spacingMm),
    mask: asSlice(labels, mask, scale.spacingMm),
    imageWarnings: greyDoubts(image),
    maskWarnings: labels === mask.data ? [] : maskDoubts(mask),
  };
}

/**
 * The settings as a picture can have them: within the slice (`force2D`), and shape2D in the place of shape where
 * nobody chose families or features.
 */
export function settingsForPictures(settings: RadiomicsSettings): RadiomicsSettings {
  const isChosen = settings.features !== null || !isSameJson(settings.families, standardFamilies);
  const plane = standardFamilies.map((family) => (family === 'shape' ? 'shape2D' : family));
  return Object.freeze({
    ...settings,
    ...(!isChosen && { families: plane }),
    force2D: true,
    aggregation: settings.aggregation.replace(/^3d/, '2.5d') as Aggregation,
  });
}
