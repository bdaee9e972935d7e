/** What each setting of a feature extraction may be. */
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
import { aggregations, axes, weightingNorms } from './aggregation.ts';
import { binRules, mostLevels } from './discretise.ts';
import { patternMethods } from './filters/binaryPattern2d.ts';
import { waveletNames } from './filters/filterPair.ts';
import { intensityImages } from './filters/intensity.ts';
import { type Family, families, featureNames } from './names.ts';

const resegmentModes = ['absolute', 'relative', 'sigma'] as const;
export type ResegmentMode = (typeof resegmentModes)[number];
const interpolations = ['bspline', 'linear', 'nearest'] as const;
export type RoiInterpolation = (typeof interpolations)[number];
const gridAlignments = ['corner', 'centre'] as const;
export type GridAlignment = (typeof gridAlignments)[number];

/** Images beside the original, LoG and wavelets. */
const transforms = [...intensityImages, 'gradient', 'lbp-2D', 'lbp-3D'] as const;
export type Transform = (typeof transforms)[number];
const imageKinds = ['original', 'log', 'wavelet', ...transforms] as const;
/** What an image is made by. */
export type ImageKind = (typeof imageKinds)[number];

const isObject = (v: unknown): v is object => typeof v === 'object' && v !== null && !Array.isArray(v);
const notNegative = number('', (v) => v >= 0);
/** Such as glcm_Contrast or glcm. */
const featureOrFamily: Check = [
  '',
  (v) => families.includes(v as Family) || featureNames.some(({ family, name }) => `${family}_${name}` === v),
];
/** A number, or one as text. */
const sigma: Check = [
  '',
  (v) => positive[1](v) || (typeof v === 'string' && /^[\d.]+(e[+-]?\d+)?$/i.test(v) && positive[1](Number(v))),
];
const levels = number(
  `a whole number from 1 to ${mostLevels}`,
  (v) => Number.isInteger(v) && v >= 1 && v <= mostLevels,
);

/** One check for each setting. */
export const settingChecks = {
  label: positive,
  families: listOf(`a list of ${families.join(', ')}`, oneOf(families), 1),
  features: orNull(listOf('a list of features such as glcm_Contrast and of families', featureOrFamily, 1)),
  extras: yesNo,
  original: yesNo,
  logSigmasMm: listOf('a list of positive numbers', sigma, 0),
  waveletLevels: wholeNumber,
  waveletStartLevel: wholeNumber,
  wavelet: oneOf(waveletNames),
  transforms: listOf(`a list of ${transforms.join(', ')}`, oneOf(transforms), 0),
  gradientUsesSpacing: yesNo,
  lbp2dRadius: positive,
  lbp2dSamples: number('a whole number from 1 to 30', (v) => Number.isInteger(v) && v >= 1 && v <= 30),
  lbp2dMethod: oneOf(patternMethods),
  lbp3dLevels: count,
  lbp3dRadius: positive,
  lbp3dSubdivisions: number('a whole number from 0 to 4', (v) => Number.isInteger(v) && v >= 0 && v <= 4),
  perImage: [`settings by kind of image (${imageKinds.join(', ')})`, isObject],
  normalise: yesNo,
  normaliseScale: positive,
  outlierLimit: orNull(positive),
  correctMask: yesNo,
  resampledSpacingMm: orNull(listOf('three numbers of 0 or more', notNegative, 3, 3)),
  interpolation: oneOf(interpolations),
  gridAlignment: oneOf(gridAlignments),
  filterMargin: wholeNumber,
  cropFirst: yesNo,
  resegmentRange: orNull(listOf('one or two numbers', finite, 1, 2)),
  resegmentMode: oneOf(resegmentModes),
  resegmentShape: yesNo,
  binWidth: positive,
  binCount: orNull(levels),
  binRule: oneOf(binRules),
  binOrigin: orNull(finite),
  aggregation: oneOf(aggregations),
  weightingNorm: orNull(oneOf(weightingNorms)),
  force2D: yesNo,
  sliceAxis: oneOf(axes),
  distances: listOf('a list of positive whole numbers', count, 1),
  gldmAlpha: wholeNumber,
  ngtdmIsolated: oneOf(['count', 'skip']),
  energyShift: finite,
  minimumRoiVoxels: orNull(wholeNumber),
  minimumRoiDimensions: number('1, 2 or 3', (v) => v === 1 || v === 2 || v === 3),
} satisfies Record<string, Check>;

/** What `perImage` may hold for a kind of image. */
const imageChecks = Object.fromEntries(
  (['binWidth', 'binCount', 'distances', 'gldmAlpha', 'energyShift'] as const).map((name) => [
    name,
    settingChecks[name],
  ]),
);

/** Throws a sentence that names what is not known, or cannot be, in the settings for kinds of image. */
export function checkPerImage(perImage: object): void {
  const isGood: Check = ['settings', isObject];
  checkOptions(perImage, Object.fromEntries(imageKinds.map((kind) => [kind, isGood])), 'a kind of image', 'perImage.');
  for (const [kind, changes] of Object.entries(perImage))
    checkOptions(changes, imageChecks, 'a setting for one kind of image', `perImage.${kind}.`);
}
