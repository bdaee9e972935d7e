/**
 * Radiomics of one case: image and mask in, features by name out.
 *
 * Order, as in PyRadiomics: normalise the image, resample image and mask, check the mask, resegment, check
 * again; shape from the mask before resegmentation; then each image (original, filtered) cut to the ROI's
 * box once and shared by all families.
 */
import { expected } from '../errors.ts';
import { geometryDifference } from '../volume/orientation.ts';
import { summariseValues } from '../volume/values.ts';
import type { Vec3, Volume } from '../volume/volume.ts';
import { areFinite } from './discretise.ts';
import { imageFeatures, maskFeatures } from './features.ts';
import { checkInBox, derivedImages, type ImageMaker } from './images.ts';
import { checkMask, checkOtherGrid, checkRoi } from './maskCheck.ts';
import { type Family, type FeatureName, featureNames, isStandard, resultKey, shapeFamilies } from './names.ts';
import { normaliseImage } from './normalise.ts';
import { maskOnGridOf, resampleForRadiomics } from './resample.ts';
import { resegment } from './resegment.ts';
import { cropToRoi, type LabelBox, type Roi, roiBox, valuesAt, valuesInRoi, voxelsInBox } from './roi.ts';
import { pyradiomicsSettings, type RadiomicsSettings, settingsForImage } from './settings.ts';

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

/** The largest distance between neighbours that any image asks for. */
const farthestNeighbour = ({ distances, perImage }: RadiomicsSettings): number =>
  Math.max(...distances, ...Object.values(perImage).flatMap((changes) => changes.distances ?? []));

const lenientAbout = ({ label }: RadiomicsSettings) => ({ label, minimumRoiVoxels: null, minimumRoiDimensions: 0 });

/**
 * The mask, and the box of the label in it. With `correctMask` it may lie on another grid than the image; where
 * resampling does not bring both together anyway, it is brought to that of the image.
 */
function usableMask(image: Volume, mask: Volume, settings: RadiomicsSettings): { mask: Volume; box: LabelBox } {
  const willResample = settings.resampledSpacingMm !== null;
  const limits = willResample ? lenientAbout(settings) : settings;
  if (!settings.correctMask || geometryDifference(image, mask) === undefined)
    return { mask, box: checkMask(image, mask, limits) };
  const box = checkOtherGrid(image, mask, settings.label);
  if (willResample && settings.gridAlignment === 'corner') return { mask, box };
  const corrected = maskOnGridOf(image, mask);
  return { mask: corrected, box: checkMask(image, corrected, limits, "bringing the mask to the image's grid") };
}

/** Everything before the features. Throws a MaskError when the mask cannot be used. */
export function prepareRoi(source: Volume, sourceMask: Volume, settings: RadiomicsSettings): PreparedRoi {
  const { normalise, normaliseScale, outlierLimit, resegmentRange, resegmentMode, label } = settings;
  const usable = usableMask(source, sourceMask, settings);
  const normalised = normalise ? normaliseImage(source, normaliseScale, outlierLimit) : source;
  const { image, mask } = resampleForRadiomics(normalised, usable.mask, usable.box, settings);
  const box =
    mask === usable.mask
      ? usable.box
      : checkMask(image, mask, settings, `resampling to ${shownSpacing(image.spacingMm)}`);
  const whole = cropToRoi(mask, label, box, farthestNeighbour(settings));
  if (resegmentRange === null) return { image, roi: whole, shapeRoi: whole };
  const roi = resegment(whole, valuesInRoi(image.data, whole), resegmentRange, resegmentMode);
  checkRoi(roi, settings, 'resegmentation');
  return { image, roi, shapeRoi: settings.resegmentShape ? roi : whole };
}

/** Names of the features that are asked for, family by family, in the order of the table. */
function askedFeatures({ families, features, extras }: RadiomicsSettings): Map<Family, string[]> {
  const isAsked = (feature: FeatureName): boolean => {
    const { family, name } = feature;
    if (features?.includes(`${family}_${name}`)) return true;
    const isWhole = features ? features.includes(family) : families.includes(family);
    return isWhole && (extras || isStandard(feature));
  };
  const asked = new Map<Family, string[]>();
  const order = features ? [...new Set(features.map((name) => name.split('_')[0] as Family))] : families;
  for (const family of order) {
    const names = featureNames.filter((feature) => feature.family === family && isAsked(feature));
    asked.set(
      family,
      names.map(({ name }) => name),
    );
  }
  return asked;
}

/**
 * What to say of values in the ROI of which some are not finite: whether the image has them there, or a filter or
 * resampling brought them in from around.
 */
function nonFinite(source: Volume, mask: Volume, label: number, maker: string): Error {
  const isOneGrid = source.data.length === mask.data.length;
  const isInRoi = isOneGrid && source.data.some((value, i) => mask.data[i] === label && !Number.isFinite(value));
  if (isInRoi) return expected('finite grey values in the ROI', 'NaN or infinite ones');
  const { nan, infinite } = summariseValues(source.data);
  if (nan + infinite > 0)
    return expected(
      `finite grey values outside of the ROI too, which ${maker} takes in`,
      `${nan} NaN and ${infinite} infinite ones there`,
    );
  return expected(`grey values of which ${maker} makes finite ones`, 'NaN or infinite ones in the ROI after it');
}

/** A sentence for a family without a single value. */
function emptyFamily(key: string, family: Family, { distances, weightingNorm }: RadiomicsSettings): string {
  const far = weightingNorm ? ', or all so far apart in mm that weightingNorm gives them the weight 0' : '';
  const why =
    family === 'glcm'
      ? `no two voxels of the ROI are neighbours at distance ${distances.join(' or ')}${far}`
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
  const asked = askedFeatures(settings);
  const add = (image: string, family: Family, found: Record<string, number>, own = settings): void => {
    for (const name of asked.get(family)!) features[resultKey(image, family, name)] = found[name] ?? NaN;
    if (Object.values(found).every(Number.isNaN)) warnings.push(emptyFamily(`${image}_${family}`, family, own));
  };
  const ofMask = [...asked.keys()].filter((family) => shapeFamilies.includes(family));
  const ofImage = [...asked.keys()].filter((family) => !shapeFamilies.includes(family));
  const originalValues = (): Float64Array => valuesInRoi(prepared.image.data, shapeRoi);
  const ofMorphology = ofMask.includes('morphology') ? originalValues() : new Float64Array(); // of no other family
  if (!areFinite(ofMorphology)) throw nonFinite(image, mask, settings.label, 'resampling');
  const isSlice = prepared.image.shape.includes(1);
  for (const family of ofMask) {
    add('original', family, maskFeatures(family, shapeRoi, ofMorphology, settings));
    if (isSlice && family !== 'shape2D') warnings.push(slicedFamily(`original_${family}`));
  }
  if (ofImage.length > 0) {
    const [box, inRoi] = [roiBox(roi), voxelsInBox(roi)];
    for (const named of images(prepared.image, { box, inRoi }, settings)) {
      checkInBox(named, box);
      const own = settingsForImage(settings, named.kind);
      const values = valuesAt(named.volume.data, inRoi);
      if (!areFinite(values))
        throw nonFinite(image, mask, settings.label, areFinite(originalValues()) ? named.name : 'resampling');
      const found = imageFeatures(ofImage, roi, values, own, named.volume.data instanceof Float32Array);
      for (const family of ofImage) add(named.name, family, found[family]!, own);
    }
  }
  const { shape, spacingMm } = prepared.image;
  return { features, voxels: roi.voxels.length, shape, spacingMm, warnings };
}
