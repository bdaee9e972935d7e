/**
 * One configuration of a feature extraction: checked and frozen. The default is
 * PyRadiomics' (3.0.1) on the original image.
 */
import {
  type Check,
  checkOptions,
  count,
  finite,
  listOf,
  number,
  oneOf,
  orNull,
  positive,
  wholeNumber,
  yesNo,
} from '../checks.ts';
import { expected, UserError } from '../errors.ts';
import { object, readJsonAs } from '../io/schema.ts';
import { type Aggregation, type Axis, aggregations, axes } from './aggregation.ts';
import { type BinRule, binRules, mostLevels } from './discretise.ts';
import { type Family, families, standardFamilies } from './names.ts';

const resegmentModes = ['absolute', 'relative', 'sigma'] as const;
export type ResegmentMode = (typeof resegmentModes)[number];
const interpolations = ['bspline', 'linear', 'nearest'] as const;
export type RoiInterpolation = (typeof interpolations)[number];
const gridAlignments = ['corner', 'centre'] as const;
export type GridAlignment = (typeof gridAlignments)[number];

/** Everything that decides about the value of a feature; docs/radiomics.md explains each. */
export interface RadiomicsSettings {
  /** Value of the ROI in the mask. */
  readonly label: number;
  readonly families: readonly Family[];
  /** Whether features that PyRadiomics leaves out (IBSI's and redundant ones) are added to its families. */
  readonly extras: boolean;
  /** Whether the original image is used; else only those that filters make of it. */
  readonly original: boolean;
  /**
   * Standard deviations in mm of the Laplacian of Gaussian filters, one image each. As text, such as "2.0", a whole
   * number keeps its decimal in the image's name.
   */
  readonly logSigmasMm: readonly (number | string)[];
  /** Levels of the undecimated wavelet transform with coif1, each 7 images and 1 more at the end; 0 for none. */
  readonly waveletLevels: number;
  /** Shift and scale the whole image to mean 0 and standard deviation `normaliseScale`. */
  readonly normalise: boolean;
  readonly normaliseScale: number;
  /** After `normalise`, values beyond so many standard deviations are set to that limit; null leaves them. */
  readonly outlierLimit: number | null;
  /** New distance between voxels along x, y, z in mm; 0 keeps an axis as it is; null does not resample. */
  readonly resampledSpacingMm: readonly [number, number, number] | null;
  readonly interpolation: RoiInterpolation;
  /** Where old and new grid meet: outer `corner` of the first voxel (PyRadiomics), or `centre` of the image (IBSI). */
  readonly gridAlignment: GridAlignment;
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
  extras: false,
  original: true,
  logSigmasMm: [],
  waveletLevels: 0,
  normalise: false,
  normaliseScale: 1,
  outlierLimit: null,
  resampledSpacingMm: null,
  interpolation: 'bspline',
  gridAlignment: 'corner',
  resegmentRange: null,
  resegmentMode: 'absolute',
  resegmentShape: false,
  binWidth: 25,
  binCount: null,
  binRule: 'pyradiomics',
  binOrigin: null,
  aggregation: '3d-average',
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

const notNegative = number('', (v) => v >= 0);
/** A number, or one as text. */
const sigma: Check = [
  '',
  (v) => positive[1](v) || (typeof v === 'string' && /^[\d.]+(e[+-]?\d+)?$/i.test(v) && positive[1](Number(v))),
];
const levels = number(
  `a whole number from 1 to ${mostLevels}`,
  (v) => Number.isInteger(v) && v >= 1 && v <= mostLevels,
);

const checks: Record<keyof RadiomicsSettings, Check> = {
  label: positive,
  families: listOf(`a list of ${families.join(', ')}`, oneOf(families), 1),
  extras: yesNo,
  original: yesNo,
  logSigmasMm: listOf('a list of positive numbers', sigma, 0),
  waveletLevels: wholeNumber,
  normalise: yesNo,
  normaliseScale: positive,
  outlierLimit: orNull(positive),
  resampledSpacingMm: orNull(listOf('three numbers of 0 or more', notNegative, 3, 3)),
  interpolation: oneOf(interpolations),
  gridAlignment: oneOf(gridAlignments),
  resegmentRange: orNull(listOf('one or two numbers', finite, 1, 2)),
  resegmentMode: oneOf(resegmentModes),
  resegmentShape: yesNo,
  binWidth: positive,
  binCount: orNull(levels),
  binRule: oneOf(binRules),
  binOrigin: orNull(finite),
  aggregation: oneOf(aggregations),
  force2D: yesNo,
  sliceAxis: oneOf(axes),
  distances: listOf('a list of positive whole numbers', count, 1),
  gldmAlpha: wholeNumber,
  ngtdmIsolated: oneOf(['count', 'skip']),
  energyShift: finite,
  minimumRoiVoxels: orNull(wholeNumber),
  minimumRoiDimensions: number('1, 2 or 3', (v) => v === 1 || v === 2 || v === 3),
};

/**
 * The settings `base` with `changes`, checked and frozen. Throws a sentence that names an unknown option, a value that
 * cannot be, or two that contradict each other.
 */
export function radiomicsSettings(
  changes: RadiomicsChanges = {},
  base: RadiomicsSettings = pyradiomicsSettings,
): RadiomicsSettings {
  checkOptions(changes, checks, 'a radiomics option');
  const settings = { ...base, ...changes };
  if (settings.force2D && changes.aggregation === undefined) settings.aggregation = '2.5d-average';
  if (settings.force2D && settings.aggregation.startsWith('3d'))
    throw expected('a 2-D or 2.5-D aggregation with force2D', settings.aggregation);
  if (!settings.original && settings.logSigmasMm.length === 0 && settings.waveletLevels === 0) {
    throw new UserError(
      'Expected an image to take features from, found original false without logSigmasMm and waveletLevels',
    );
  }
  return Object.freeze(settings);
}

/** Reads settings from a JSON file with any of the options. Throws a UserError naming the file. */
export async function readRadiomicsSettings(file: string, more: RadiomicsChanges = {}): Promise<RadiomicsSettings> {
  const changes = await readJsonAs(file, object({}), 'an object of radiomics options');
  try {
    return radiomicsSettings({ ...changes, ...more });
  } catch (error) {
    throw error instanceof UserError ? new UserError(`${error.message} in ${file}`) : error;
  }
}
