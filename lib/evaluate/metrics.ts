/** Every metric of one prediction against its reference. */
import { type Vec3, voxelVolumeMl } from '../volume/volume.ts';
import { assd, masd } from './assd.ts';
import { boundaryIou } from './boundaryIou.ts';
import { hausdorffDistance, hd95ByArea, hd95Directed, hd95Pooled } from './hausdorff.ts';
import { type MaskPair, maskPair, pairCounts } from './maskPair.ts';
import { surfaceDice } from './nsd.ts';
import { type OverlapCounts, overlapScores } from './overlap.ts';
import { surfaceElementDistances, surfaceVoxelDistances } from './surfaceDistances.ts';

/**
 * `both`: reference and prediction have foreground; `missed`: only the reference;
 * `invented`: only the prediction; `neither`.
 */
export type Outcome = 'both' | 'missed' | 'invented' | 'neither';

/** How a metric is to be read. */
export interface MetricInfo {
  /** As a column is headed; names the definition where there are several. */
  readonly label: string;
  readonly unit: '' | 'mm' | 'ml' | '%';
  /** `none`: neither high nor low is good, such as a volume. */
  readonly better: 'higher' | 'lower' | 'none';
}

const share = (label: string): MetricInfo => ({ label, unit: '', better: 'higher' });
const distance = (label: string): MetricInfo => ({ label, unit: 'mm', better: 'lower' });

/** Label, unit and direction of every metric, in the order of reports. */
export const metricInfo = {
  dice: share('DSC'),
  jaccard: share('Jaccard'),
  precision: share('precision'),
  recall: share('recall'),
  specificity: share('specificity'),
  nsd1: share('NSD 1 mm (elements)'),
  nsd2: share('NSD 2 mm (elements)'),
  nsd3: share('NSD 3 mm (elements)'),
  nsd1Voxels: share('NSD 1 mm (voxels)'),
  nsd2Voxels: share('NSD 2 mm (voxels)'),
  nsd3Voxels: share('NSD 3 mm (voxels)'),
  boundaryIou: share('boundary IoU'),
  hausdorffMm: distance('HD (voxels)'),
  hd95PooledMm: distance('HD95 (pooled voxels)'),
  hd95DirectedMm: distance('HD95 (max of directed, voxels)'),
  hd95ByAreaMm: distance('HD95 (by area, elements)'),
  assdMm: distance('ASSD (voxels)'),
  assdByAreaMm: distance('ASSD (by area, elements)'),
  masdMm: distance('MASD (voxels)'),
  predictionMl: { label: 'predicted volume', unit: 'ml', better: 'none' },
  referenceMl: { label: 'reference volume', unit: 'ml', better: 'none' },
  volumeDifferenceMl: { label: 'volume difference', unit: 'ml', better: 'none' },
  relativeVolumeDifference: { label: 'relative volume difference', unit: '', better: 'none' },
} as const satisfies Record<string, MetricInfo>;

/** The name of a metric of `scoreMasks`. */
export type Metric = keyof typeof metricInfo;
/** The names of all metrics, in the order of reports. */
export const metricNames = Object.keys(metricInfo) as Metric[];

/** A value for every metric; Infinity where a distance does not exist. */
export type MetricValues = Readonly<Record<Metric, number>>;

/** All metrics of a pair of masks, the counts behind them, and which of the two is empty. */
export interface MaskScores {
  readonly outcome: Outcome;
  readonly counts: OverlapCounts;
  /**
   * Diagonal of the image in mm: no distance in it is larger, so it stands for a missing one where a number is needed.
   */
  readonly imageDiagonalMm: number;
  readonly values: MetricValues;
}

/** Which of the two masks have foreground: `both`, `missed` (no prediction), `invented` (no reference) or `neither`. */
export function outcomeOf({ tp, fp, fn }: OverlapCounts): Outcome {
  if (tp + fn > 0) return tp + fp > 0 ? 'both' : 'missed';
  return tp + fp > 0 ? 'invented' : 'neither';
}

/**
 * Volumes and their difference, prediction minus reference; relative to an empty reference 0 (both empty) or Infinity.
 */
function volumes({ tp, fp, fn }: OverlapCounts, spacingMm: Vec3) {
  const voxelMl = voxelVolumeMl({ spacingMm });
  const [predictionMl, referenceMl] = [(tp + fp) * voxelMl, (tp + fn) * voxelMl];
  const withoutReference = fp > 0 ? Infinity : 0;
  return {
    predictionMl,
    referenceMl,
    volumeDifferenceMl: predictionMl - referenceMl,
    relativeVolumeDifference: tp + fn > 0 ? (fp - fn) / (tp + fn) : withoutReference,
  };
}

/** The distances of both kinds of surface and the metrics of them. */
function surfaceScores(pair: MaskPair) {
  const [elements, voxels] = [surfaceElementDistances(pair), surfaceVoxelDistances(pair)];
  return {
    nsd1: surfaceDice(elements, 1),
    nsd2: surfaceDice(elements, 2),
    nsd3: surfaceDice(elements, 3),
    nsd1Voxels: surfaceDice(voxels, 1),
    nsd2Voxels: surfaceDice(voxels, 2),
    nsd3Voxels: surfaceDice(voxels, 3),
    boundaryIou: boundaryIou(pair),
    hausdorffMm: hausdorffDistance(voxels),
    hd95PooledMm: hd95Pooled(voxels),
    hd95DirectedMm: hd95Directed(voxels),
    hd95ByAreaMm: hd95ByArea(elements),
    assdMm: assd(voxels),
    assdByAreaMm: assd(elements),
    masdMm: masd(voxels),
  };
}

/**
 * Every metric of a predicted against a reference mask; anything but 0 is foreground. Shape [x, y, z] with x fastest; a
 * shape of [x, y, 1] is 2-D: outlines instead of surfaces (the volumes are then those of one slice).
 *
 * Empty masks: both empty scores as perfect (shares 1, distances 0 mm); one empty as the worst there is (shares 0
 * except specificity, distances Infinity). `outcome` tells these cases apart, and summaries count them. Throws a
 * UserError when masks, shape and spacing do not fit together.
 */
export function scoreMasks(
  prediction: ArrayLike<number>,
  reference: ArrayLike<number>,
  shape: Vec3,
  spacingMm: Vec3,
): MaskScores {
  const pair = maskPair(prediction, reference, shape, spacingMm);
  const counts = pairCounts(pair);
  const values: MetricValues = { ...overlapScores(counts), ...surfaceScores(pair), ...volumes(counts, spacingMm) };
  const imageDiagonalMm = Math.hypot(...shape.map((n, axis) => n * spacingMm[axis]));
  return { outcome: outcomeOf(counts), counts, imageDiagonalMm, values };
}
