/**
 * Radiomics of one case: image and mask in, features by name out.
 *
 * Order, as in PyRadiomics: normalise the image, resample image and mask, check the mask, resegment, check
 * again; shape from the mask before resegmentation; then each image (original, filtered) cut to the ROI's
 * box once and shared by all families.
 */
import { expected } from '../errors.ts';
import { summariseValues } from '../volume/values.ts';
import type { Vec3, Volume } from '../volume/volume.ts';
import { imageFeatures, maskFeatures } from './features.ts';
import { checkInBox, derivedImages, type ImageMaker } from './images.ts';
import { checkMask, checkRoi } from './maskCheck.ts';
import { type Family, featureNames, isStandard, resultKey, shapeFamilies } from './names.ts';
import { normaliseImage } from './normalise.ts';
import { resampleForRadiomics } from './resample.ts';
import { resegment } from './resegment.ts';
import { cropToRoi, type Roi, roiBox, valuesInBox, valuesInRoi } from './roi.ts';
import { pyradiomicsSettings, type RadiomicsSettings } from './settings.ts';

/** The features of a region by name, and the region that they were taken from. */
export interface Extraction {
  /** `original_firstorder_Mean` and so on; NaN where a feature does not exist for this ROI. */
  readonly features: Record<string, number>;
  /** Voxels of the ROI that the grey-value families saw. */
  readonly voxels: number;
  /** Shape and spacing of the grid that features were taken on. */
  readonly shape: Vec3;
  readonly spacingMm: Vec3;
  /** What a reader should know of the features, a sentence each; mostly none. */
  readonly warnings: readonly string[];
}

/** Image, mask and ROI as the features see them. */
export interface PreparedRoi {
  readonly image: Volume;
  /** After resegmentation. */
  readonly roi: Roi;
  /** The ROI whose shape is described. */
  readonly shapeRoi: Roi;
}

/** A spacing for reading: single precision's 0.8999999761581421 is 0.9. */
export const shownSpacing = (spacingMm: Vec3): string =>
  `${spacingMm.map((mm) => Number(mm.toPrecision(6))).join(' × ')} mm`;

/** Everything before the features. Throws a MaskError when the mask cannot be used. */
export function prepareRoi(source: Volume, sourceMask: Volume, settings: RadiomicsSettings): PreparedRoi {
  const lenient = { label: settings.label, minimumRoiVoxels: null, minimumRoiDimensions: 0 };
  const willResample = settings.resampledSpacingMm !== null;
  const sourceBox = checkMask(source, sourceMask, willResample ? lenient : settings);
  const { normalise, normaliseScale, outlierLimit } = settings;
  const normalised = normalise ? normaliseImage(source, normaliseScale, outlierLimit) : source;
  const { image, mask } = resampleForRadiomics(normalised, sourceMask, sourceBox, settings);
  const box =
    mask === sourceMask && !willResample
      ? sourceBox
      : checkMask(image, mask, settings, `resampling to ${shownSpacing(image.spacingMm)}`);
  const whole = cropToRoi(mask, settings.label, box, Math.max(...settings.distances));
  if (settings.resegmentRange === null) return { image, roi: whole, shapeRoi: whole };
  const roi = resegment(whole, valuesInRoi(image.data, whole), settings.resegmentRange, settings.resegmentMode);
  checkRoi(roi, settings, 'resegmentation');
  return { image, roi, shapeRoi: settings.resegmentShape ? roi : whole };
}

/** Adds a family's features under their full names, in the order of the table; those that are missing as NaN. */
function addFamily(
  into: Record<string, number>,
  image: string,
  family: Family,
  found: Record<string, number>,
  extras: boolean,
): void {
  const asked = featureNames.filter((feature) => feature.family === family && (extras || isStandard(feature)));
  for (const { name } of asked) into[resultKey(image, family, name)] = found[name] ?? NaN;
}

/**
 * What to say of values in the ROI of which some are not finite: whether the image has them there, or a filter or
 * resampling brought them in from around.
 */
function nonFinite(source: Volume, mask: Volume, label: number, maker: string): Error {
  const isInRoi = source.data.some((value, i) => mask.data[i] === label && !Number.isFinite(value));
  if (isInRoi) return expected('finite grey values in the ROI', 'NaN or infinite ones');
  const { nan, infinite } = summariseValues(source.data);
  if (nan + infinite > 0)
    return expected(
      `finite grey values outside of the ROI too, which ${maker} takes in`,
      `${nan} NaN and ${infinite} infinite ones there`,
    );
  return expected(`grey values of which ${maker} makes finite ones`, 'NaN or infinite ones in the ROI after it');
}

const isFinite = (values: Float64Array): boolean => values.every(Number.isFinite);

/** A sentence for a family without a single value. */
function emptyFamily(key: string, family: Family, { distances }: RadiomicsSettings): string {
  const why =
    family === 'glcm'
      ? `no two voxels of the ROI are neighbours at distance ${distances.join(' or ')}`
      : 'the ROI is too small or too scattered for it';
  return `${key} has no values: ${why}`;
}

const slicedFamily = (key: string): string =>
  `${key} describes a plate of one voxel's thickness, as the image is a single slice; ` +
  'shape2D has the features of a plane';

/**
 * The features of one ROI. `images` makes the images (the original and what filters make of it) from the prepared one.
 * Throws a MaskError when the mask cannot be used, a UserError when grey values are not finite or need too many bins.
 */
export function extractFeatures(
  image: Volume,
  mask: Volume,
  settings: RadiomicsSettings = pyradiomicsSettings,
  images: ImageMaker = derivedImages,
): Extraction {
  const prepared = prepareRoi(image, mask, settings);
  const { roi, shapeRoi } = prepared;
  const features: Record<string, number> = {};
  const warnings: string[] = [];
  const add = (name: string, family: Family, found: Record<string, number>): void => {
    addFamily(features, name, family, found, settings.extras);
    if (Object.values(found).every(Number.isNaN)) warnings.push(emptyFamily(`${name}_${family}`, family, settings));
  };
  const ofMask = settings.families.filter((family) => shapeFamilies.includes(family));
  const ofImage = settings.families.filter((family) => !shapeFamilies.includes(family));
  const originalValues = valuesInRoi(prepared.image.data, shapeRoi);
  if (ofMask.includes('morphology') && !isFinite(originalValues))
    throw nonFinite(image, mask, settings.label, 'resampling');
  const isSlice = prepared.image.shape.includes(1);
  for (const family of ofMask) {
    add('original', family, maskFeatures(family, shapeRoi, originalValues, settings));
    if (isSlice && family !== 'shape2D') warnings.push(slicedFamily(`original_${family}`));
  }
  if (ofImage.length > 0) {
    const box = roiBox(roi);
    for (const named of images(prepared.image, box, settings)) {
      checkInBox(named, box);
      const values = valuesInBox(named.volume.data, roi);
      const maker = isFinite(originalValues) ? named.name : 'resampling';
      if (!isFinite(values)) throw nonFinite(image, mask, settings.label, maker);
      const found = imageFeatures(ofImage, roi, values, settings);
      for (const family of ofImage) add(named.name, family, found[family]!);
    }
  }
  const { shape, spacingMm } = prepared.image;
  return { features, voxels: roi.voxels.length, shape, spacingMm, warnings };
}
