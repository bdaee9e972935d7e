/** The features of one image in one ROI, family by family; what families share is made once. */
import { type FeatureValues, matrixPlan } from './aggregation.ts';
import { discretise, levelGrid } from './discretise.ts';
import { firstOrderFeatures } from './firstOrder.ts';
import { glcmFeatures } from './glcm.ts';
import { gldmFeatures } from './gldm.ts';
import { glrlmFeatures } from './glrlm.ts';
import { glszmFeatures } from './glszm.ts';
import { histogramFeatures } from './histogram.ts';
import { morphologyFeatures } from './morphology.ts';
import type { Family } from './names.ts';
import { ngtdmFeatures } from './ngtdm.ts';
import type { Roi } from './roi.ts';
import type { RadiomicsSettings } from './settings.ts';
import { shape2dFeatures } from './shape2d.ts';
import { shape3dFeatures } from './shape3d.ts';

/** Features of the mask (and of the original image in it, for morphology). */
export function maskFeatures(
  family: Family,
  roi: Roi,
  values: Float64Array,
  { sliceAxis }: RadiomicsSettings,
): FeatureValues {
  if (family === 'shape') return shape3dFeatures(roi);
  if (family === 'shape2D') return shape2dFeatures(roi, sliceAxis);
  return morphologyFeatures(roi, values);
}

/** The levels of the values of a ROI, by the settings' binning. */
export function levelsIn(values: Float64Array, settings: RadiomicsSettings, isSingle = false): Int32Array {
  const { resegmentRange, resegmentMode, binOrigin } = settings;
  const rangeLow = resegmentRange && resegmentMode === 'absolute' ? Math.min(...resegmentRange) : null;
  return discretise(values, { ...settings, binOrigin: binOrigin ?? rangeLow }, isSingle);
}

/**
 * Features of the grey values: one record per family that is asked for. `values` in the order of `roi.voxels`,
 * `isSingle` where their image is in single precision. Throws a UserError for values that are not finite, and for more
 * levels than a matrix can have where one is asked for.
 */
export function imageFeatures(
  asked: readonly Family[],
  roi: Roi,
  values: Float64Array,
  settings: RadiomicsSettings,
  isSingle = false,
): Partial<Record<Family, FeatureValues>> {
  const isFirstOrder = asked.every((family) => family === 'firstorder');
  const levelOf = levelsIn(values, settings);
  const firstOrder = (): FeatureValues => firstOrderFeatures(values, levelOf, roi.spacingMm, settings.energyShift);
  if (isFirstOrder) return asked.length > 0 ? { firstorder: firstOrder() } : {};
  // PyRadiomics bins in double precision for first order alone.
  const grid = levelGrid(roi, isSingle ? levelsIn(values, settings, true) : levelOf);
  const plan = matrixPlan(grid, settings);
  const make: Partial<Record<Family, () => FeatureValues>> = {
    firstorder: firstOrder,
    histogram: () => histogramFeatures(levelOf),
    glcm: () => glcmFeatures(plan),
    glrlm: () => glrlmFeatures(matrixPlan(grid, settings, [1])),
    glszm: () => glszmFeatures(matrixPlan(grid, settings, [1])),
    gldm: () => gldmFeatures(plan, settings.gldmAlpha),
    ngtdm: () => ngtdmFeatures(plan, settings.ngtdmIsolated),
  };
  return Object.fromEntries(asked.flatMap((family) => (make[family] ? [[family, make[family]()]] : [])));
}
