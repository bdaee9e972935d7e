/**
 * One configuration of a feature extraction: checked and frozen. The default is
 * PyRadiomics' (3.0.1) on the original image.
 */
import { type Check, checkOptions } from '../checks.ts';
import { expected, UserError } from '../errors.ts';
import type { Aggregation, Axis, WeightingNorm } from './aggregation.ts';
import type { BinRule } from './discretise.ts';
import type { PatternMethod } from './filters/binaryPattern2d.ts';
import { type Family, standardFamilies } from './names.ts';
import {
  checkPerImage,
  type GridAlignment,
  type ImageKind,
  type ResegmentMode,
  type RoiInterpolation,
  settingChecks,
  type Transform,
} from './settingChecks.ts';

export type { GridAlignment, ImageKind, ResegmentMode, RoiInterpolation, Transform };

/** What can be set for one kind of image. */
type ImageChanges = Partial<
  Pick<RadiomicsSettings, 'binWidth' | 'binCount' | 'distances' | 'gldmAlpha' | 'energyShift'>
>;

/** Everything that decides about the value of a feature; docs/radiomics.md explains each. */
export interface RadiomicsSettings {
  /** Value of the ROI in the mask. */
  readonly label: number;
  readonly families: readonly Family[];
  /**
   * Just these features instead of all of `families`: names such as `glcm_Contrast`, or that of a family for all of its
   * features; null takes the families.
   */
  readonly features: readonly string[] | null;
  /** Whether features that PyRadiomics leaves out (IBSI's and redundant ones) are added to its families. */
  readonly extras: boolean;
  /** Whether the original image is used; else only those that filters make of it. */
  readonly original: boolean;
  /**
   * Standard deviations in mm of the Laplacian of Gaussian filters, one image each. As text, such as "2.0", a whole
   * number keeps its decimal in the image's name.
   */
  readonly logSigmasMm: readonly (number | string)[];
  /** Levels of the undecimated wavelet transform, each 7 images and 1 more at the end; 0 for none. */
  readonly waveletLevels: number;
  /** How many levels are left out before the first that is used. */
  readonly waveletStartLevel: number;
  /** PyWavelets' name of the wavelet. */
  readonly wavelet: string;
  /** Further images: functions of each value, the gradient's length, local binary patterns. */
  readonly transforms: readonly Transform[];
  /** Whether the gradient is per mm, else per voxel. */
  readonly gradientUsesSpacing: boolean;
  /** Radius in voxels and number of the points around a voxel, and how they become a number; within slices. */
  readonly lbp2dRadius: number;
  readonly lbp2dSamples: number;
  readonly lbp2dMethod: PatternMethod;
  /** Degrees of spherical harmonics (one image each), radius in voxels, and how fine the points on the sphere lie. */
  readonly lbp3dLevels: number;
  readonly lbp3dRadius: number;
  readonly lbp3dSubdivisions: number;
  /** Settings that are others for one kind of image. */
  readonly perImage: Readonly<Partial<Record<ImageKind, ImageChanges>>>;
  /** Shift and scale the whole image to mean 0 and standard deviation `normaliseScale`. */
  readonly normalise: boolean;
  readonly normaliseScale: number;
  /** After `normalise`, values beyond so many standard deviations are set to that limit; null leaves them. */
  readonly outlierLimit: number | null;
  /** Whether a mask on another grid is brought to that of the image (nearest voxel); else it is refused. */
  readonly correctMask: boolean;
  /** New distance between voxels along x, y, z in mm; 0 keeps an axis as it is; null does not resample. */
  readonly resampledSpacingMm: readonly [number, number, number] | null;
  readonly interpolation: RoiInterpolation;
  /** Where old and new grid meet: outer `corner` of the first voxel (PyRadiomics), or `centre` of the image (IBSI). */
  readonly gridAlignment: GridAlignment;
  /** Voxels around the ROI that resampling at the corner, or `cropFirst`, leaves to the filters. */
  readonly filterMargin: number;
  /** Whether, without resampling, the image is cut to the ROI and its margin before filters see it. */
  readonly cropFirst: boolean;
  /** Lower, or lower and upper, end of the values that stay in the ROI (ends included); null keeps all. */
  readonly resegmentRange: readonly number[] | null;
  /** In the unit of the image, in parts of the ROI's largest value, or in standard deviations from the ROI's mean. */
  readonly resegmentMode: ResegmentMode;
  /** Whether shape is that of the resegmented ROI too. */
  readonly resegmentShape: boolean;
  /** Width of a bin in the unit of the image, unless `binCount` is given. */
  readonly binWidth: number;
  /** So many bins, 4096 at most: a co-occurrence matrix has a row and a column for each. */
  readonly binCount: number | null;
  readonly binRule: BinRule;
  /**
   * Where bin 1 begins under the IBSI rule; null: the lower end of an absolute
   * `resegmentRange`, else the smallest value.
   */
  readonly binOrigin: number | null;
  readonly aggregation: Aggregation;
  /** Which distance of neighbours weights the directions of GLCM and GLRLM where they are merged; null: none. */
  readonly weightingNorm: WeightingNorm | null;
  /** Within slices only, and their matrices added: as aggregation 2.5d-average. */
  readonly force2D: boolean;
  /** The axis across the slices. */
  readonly sliceAxis: Axis;
  /** Distances between neighbours in voxels. */
  readonly distances: readonly number[];
  /** Largest difference of levels at which a neighbour counts as dependent. */
  readonly gldmAlpha: number;
  /** What a voxel without neighbours does in the NGTDM: it is counted (PyRadiomics) or skipped (IBSI). */
  readonly ngtdmIsolated: 'count' | 'skip';
  /** Added to the values before energy and root mean square. */
  readonly energyShift: number;
  /** A ROI of this many voxels or fewer is refused; null does not ask. */
  readonly minimumRoiVoxels: number | null;
  /** In how many axes a ROI must be longer than one voxel. */
  readonly minimumRoiDimensions: number;
}

export type RadiomicsChanges = Partial<RadiomicsSettings>;

export const pyradiomicsSettings: RadiomicsSettings = {
  label: 1,
  families: standardFamilies,
  features: null,
  extras: false,
  original: true,
  logSigmasMm: [],
  waveletLevels: 0,
  waveletStartLevel: 0,
  wavelet: 'coif1',
  transforms: [],
  gradientUsesSpacing: true,
  lbp2dRadius: 1,
  lbp2dSamples: 8,
  lbp2dMethod: 'uniform',
  lbp3dLevels: 2,
  lbp3dRadius: 1,
  lbp3dSubdivisions: 1,
  perImage: {},
  normalise: false,
  normaliseScale: 1,
  outlierLimit: null,
  correctMask: false,
  resampledSpacingMm: null,
  interpolation: 'bspline',
  gridAlignment: 'corner',
  filterMargin: 5,
  cropFirst: false,
  resegmentRange: null,
  resegmentMode: 'absolute',
  resegmentShape: false,
  binWidth: 25,
  binCount: null,
  binRule: 'pyradiomics',
  binOrigin: null,
  aggregation: '3d-average',
  weightingNorm: null,
  force2D: false,
  sliceAxis: 'z',
  distances: [1],
  gldmAlpha: 0,
  ngtdmIsolated: 'count',
  energyShift: 0,
  minimumRoiVoxels: null,
  minimumRoiDimensions: 2,
};

/** What IBSI's reference values ask for where the standards part. */
export const ibsiChanges: RadiomicsChanges = {
  interpolation: 'linear',
  gridAlignment: 'centre',
  binRule: 'ibsi',
  ngtdmIsolated: 'skip',
  minimumRoiDimensions: 1,
};

/** Every setting has its check. */
const checks: Readonly<Record<keyof RadiomicsSettings, Check>> = settingChecks;

/** The settings for an image of this kind. */
export function settingsForImage(settings: RadiomicsSettings, kind: ImageKind | undefined): RadiomicsSettings {
  const changes = kind && settings.perImage[kind];
  return changes ? { ...settings, ...changes } : settings;
}

/**
 * The settings `base` with `changes`, checked and frozen. Throws a sentence that names an unknown option, a value that
 * cannot be, or two that contradict each other.
 */
export function radiomicsSettings(
  changes: RadiomicsChanges = {},
  base: RadiomicsSettings = pyradiomicsSettings,
): RadiomicsSettings {
  checkOptions(changes, checks, 'a radiomics option');
  checkPerImage(changes.perImage ?? {});
  const settings = { ...base, ...changes };
  if (settings.force2D && changes.aggregation === undefined) settings.aggregation = '2.5d-average';
  if (settings.force2D && settings.aggregation.startsWith('3d'))
    throw expected('a 2-D or 2.5-D aggregation with force2D', settings.aggregation);
  if (settings.weightingNorm && !settings.aggregation.endsWith('merge'))
    throw expected('an aggregation that merges directions with a weightingNorm', settings.aggregation);
  if (changes.features && changes.families) throw new UserError('Expected either families or features, found both');
  const { original, logSigmasMm, waveletLevels } = settings;
  if (!original && logSigmasMm.length + waveletLevels + settings.transforms.length === 0) {
    throw new UserError(
      'Expected an image to take features from, found original false without logSigmasMm, waveletLevels and transforms',
    );
  }
  return Object.freeze(settings);
}
