/** PyRadiomics' parameter files (sections imageType, featureClass and setting) as settings of ours. */
import { shown } from '../checks.ts';
import { expected } from '../errors.ts';
import { weightingNorms } from './aggregation.ts';
import { type Family, families, featureNames } from './names.ts';
import type { ImageKind, RadiomicsChanges, Transform } from './settings.ts';

type Values = Record<string, unknown>;
type Rename = (value: unknown) => Values;

const as =
  (name: keyof RadiomicsChanges): Rename =>
  (value) => ({ [name]: value });

/** Takes the values that change nothing here, and refuses the others. */
const only =
  (name: string, ...values: unknown[]): Rename =>
  (value) => {
    if (values.includes(value)) return {};
    throw expected(`the setting ${name} to be ${values.map(shown).join(' or ')} (others are not here)`, shown(value));
  };

/** One of a list of words, as what stands for it. */
const oneOf =
  (name: string, to: keyof RadiomicsChanges, words: ReadonlyMap<unknown, unknown>): Rename =>
  (value) => {
    if (words.has(value)) return { [to]: words.get(value) };
    throw expected(`the setting ${name} to be one of ${[...words.keys()].map(String).join(', ')}`, shown(value));
  };

const interpolators = new Map<unknown, unknown>([
  ['sitkNearestNeighbor', 'nearest'],
  ['sitkLinear', 'linear'],
  ['sitkBSpline', 'bspline'],
  [1, 'nearest'],
  [2, 'linear'],
  [3, 'bspline'],
]);
const sliceAxes = new Map<unknown, unknown>([
  [0, 'z'],
  [1, 'y'],
  [2, 'x'],
]);

const norms = new Map<unknown, unknown>([
  [null, null],
  ['no_weighting', null],
  ...weightingNorms.map((norm) => [norm, norm] as const),
]);

/** What may also be set for a single kind of image. */
const perImage: Record<string, Rename> = {
  binWidth: as('binWidth'),
  binCount: as('binCount'),
  distances: as('distances'),
  gldm_a: as('gldmAlpha'),
  voxelArrayShift: as('energyShift'),
};

const general: Record<string, Rename> = {
  ...perImage,
  label: as('label'),
  minimumROIDimensions: as('minimumRoiDimensions'),
  minimumROISize: as('minimumRoiVoxels'),
  correctMask: as('correctMask'),
  normalize: as('normalise'),
  normalizeScale: as('normaliseScale'),
  removeOutliers: as('outlierLimit'),
  resampledPixelSpacing: as('resampledSpacingMm'),
  interpolator: oneOf('interpolator', 'interpolation', interpolators),
  padDistance: as('filterMargin'),
  preCrop: as('cropFirst'),
  force2D: as('force2D'),
  force2Ddimension: oneOf('force2Ddimension', 'sliceAxis', sliceAxes),
  resegmentRange: as('resegmentRange'),
  resegmentMode: as('resegmentMode'),
  resegmentShape: as('resegmentShape'),
  weightingNorm: oneOf('weightingNorm', 'weightingNorm', norms),
  symmetricalGLCM: only('symmetricalGLCM', true),
  label_channel: only('label_channel', 0),
  additionalInfo: () => ({}),
  // Ours is 0.1 % of the spacing for all.
  geometryTolerance: () => ({}),
};

/** Settings of filters: in the section of their kind of image, or in `setting`. */
const filters: Record<string, Record<string, Rename>> = {
  LoG: { sigma: as('logSigmasMm') },
  Wavelet: { level: as('waveletLevels'), start_level: as('waveletStartLevel'), wavelet: as('wavelet') },
  Gradient: { gradientUseSpacing: as('gradientUsesSpacing') },
  LBP2D: { lbp2DRadius: as('lbp2dRadius'), lbp2DSamples: as('lbp2dSamples'), lbp2DMethod: as('lbp2dMethod') },
  LBP3D: {
    lbp3DLevels: as('lbp3dLevels'),
    lbp3DIcosphereRadius: as('lbp3dRadius'),
    lbp3DIcosphereSubdivision: as('lbp3dSubdivisions'),
  },
};

/** PyRadiomics' kinds of images and ours. */
const kinds: Record<string, ImageKind> = {
  Original: 'original',
  LoG: 'log',
  Wavelet: 'wavelet',
  Square: 'square',
  SquareRoot: 'squareroot',
  Logarithm: 'logarithm',
  Exponential: 'exponential',
  Gradient: 'gradient',
  LBP2D: 'lbp-2D',
  LBP3D: 'lbp-3D',
};

const isObject = (value: unknown): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A section, which may be empty or missing; refuses what is no table of names, and names that are not in `known`. */
function section(value: unknown, name: string, known: readonly string[]): Values {
  if (value === undefined || value === null) return {};
  if (!isObject(value)) throw expected(`the section ${name} to be a table of names`, shown(value));
  const unknown = Object.keys(value).filter((key) => !known.includes(key));
  if (unknown.length > 0) throw expected(`in the section ${name} only ${known.join(', ')}`, unknown.join(', '));
  return value;
}

const renamed = (values: Values, names: Record<string, Rename>): Values =>
  Object.assign({}, ...Object.entries(values).map(([key, value]) => names[key]?.(value) ?? {}));

/** The settings of images: which there are, and what holds for each. */
function imageChanges(imageType: unknown, setting: Values): Values {
  const types = section(imageType, 'imageType', Object.keys(kinds));
  if (Object.keys(types).length === 0) return {};
  const changes: Values = { original: 'Original' in types };
  const own: Partial<Record<ImageKind, Values>> = {};
  for (const [type, value] of Object.entries(types)) {
    const names = filters[type] ?? {};
    const values = section(value, `imageType.${type}`, [...Object.keys(names), ...Object.keys(perImage)]);
    if (type === 'Wavelet') changes.waveletLevels = 1;
    Object.assign(changes, renamed({ ...setting, ...values }, names));
    const ofImage = renamed(values, perImage);
    if (Object.keys(ofImage).length > 0) own[kinds[type]!] = ofImage;
  }
  const others = Object.keys(types).filter((type) => !['Original', 'LoG', 'Wavelet'].includes(type));
  return { ...changes, transforms: others.map((type) => kinds[type] as Transform), perImage: own };
}

function featureChanges(featureClass: unknown): Values {
  const classes = section(featureClass, 'featureClass', families);
  const isWhole = (list: unknown): boolean => list === null || (Array.isArray(list) && list.length === 0);
  const asked = Object.keys(classes) as Family[];
  if (asked.length === 0) return {};
  if (Object.values(classes).every(isWhole)) return { families: asked };
  const features = asked.flatMap((family) => {
    if (isWhole(classes[family])) return [family];
    const known = featureNames.filter((feature) => feature.family === family).map(({ name }) => name);
    const list = classes[family];
    const unknown = Array.isArray(list) ? list.filter((name) => !known.includes(name)) : [list];
    if (unknown.length > 0)
      throw expected(`in featureClass.${family} a list out of ${known.join(', ')}`, unknown.map(shown).join(', '));
    return (list as string[]).map((name) => `${family}_${name}`);
  });
  return { features };
}

const sections = ['imageType', 'featureClass', 'setting', 'voxelSetting'];

/** Whether the content of a file has a section of PyRadiomics' parameter files. */
export const isPyradiomicsFile = (content: object): boolean => sections.some((name) => name in content);

/**
 * PyRadiomics' parameters as changes of our settings. Throws a UserError that names what is not known here: a section,
 * an image type, a feature, a setting or its value.
 */
export function changesFromPyradiomics(content: object): RadiomicsChanges {
  const { imageType, featureClass, setting, voxelSetting } = section(content, 'parameters', sections);
  if (voxelSetting !== undefined) throw expected('no section voxelSetting (maps of features are not here)', 'one');
  const ofFilters = Object.values(filters).flatMap((names) => Object.keys(names));
  const values = section(setting, 'setting', [...Object.keys(general), ...ofFilters]);
  const changes = renamed(values, general);
  // With any norm the directions are merged.
  if (typeof values.weightingNorm === 'string') changes.aggregation = values.force2D ? '2.5d-merge' : '3d-merge';
  return { ...changes, ...imageChanges(imageType, values), ...featureChanges(featureClass) } as RadiomicsChanges;
}
