/**
 * Radiomics of one case: image and mask in, features by name out.
 *
 * Order, as in PyRadiomics: normalise the image, resample image and mask, check the mask, resegment, check
 * again; shape from the mask before resegmentation; then each image (original, filtered) cut to the ROI's
 * box once and shared by all families.
 */
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
}

/** Image, mask and ROI as the features see them. */
export interface PreparedRoi {
  readonly image: Volume;
  /** After resegmentation. */
  readonly roi: Roi;
  /** The ROI whose shape is described. */
  readonly shapeRoi: Roi;
}

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
      : checkMask(image, mask, settings, `resampling to ${image.spacingMm.join(' × ')} mm`);
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
  const ofMask = settings.families.filter((family) => shapeFamilies.includes(family));
  const ofImage = settings.families.filter((family) => !shapeFamilies.includes(family));
  const originalValues = valuesInRoi(prepared.image.data, shapeRoi);
  for (const family of ofMask)
    addFamily(features, 'original', family, maskFeatures(family, shapeRoi, originalValues, settings), settings.extras);
  if (ofImage.length > 0) {
    const box = roiBox(roi);
    for (const named of images(prepared.image, box, settings)) {
      checkInBox(named, box);
      const found = imageFeatures(ofImage, roi, valuesInBox(named.volume.data, roi), settings);
      for (const family of ofImage) addFamily(features, named.name, family, found[family]!, settings.extras);
    }
  }
  return { features, voxels: roi.voxels.length, shape: prepared.image.shape, spacingMm: prepared.image.spacingMm };
}
