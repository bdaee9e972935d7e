/**
 * Overlap of a predicted mask A with a reference mask B: the four counts and the ratios made of them.
 *
 * With tp = |A ∩ B|, fp = |A − B|, fn = |B − A| and tn all other pixels:
 * Dice (DSC, F1) = 2 tp / (2 tp + fp + fn); Jaccard (IoU) = tp / (tp + fp + fn); precision = tp / (tp + fp);
 * recall (sensitivity) = tp / (tp + fn); specificity = tn / (tn + fp). Source: Dice 1945, doi:10.2307/1932409.
 *
 * Counts of several slices are added before a ratio is taken ("pooled over the patient"), because a mean over slices
 * would weigh a slice with five pancreas pixels as much as one with five thousand.
 */
import { expected } from '../errors.ts';
import { type Summary, summarise } from '../statistics/summary.ts';

/** Voxels that are true positive, false positive, false negative and true negative. */
export interface OverlapCounts {
  /** Pixels that are pancreas in both. */
  readonly tp: number;
  /** Predicted only. */
  readonly fp: number;
  /** Missed. */
  readonly fn: number;
  /** Background in both. */
  readonly tn: number;
}

/** Counts of nothing, to begin a sum with. */
export const noCounts: OverlapCounts = { tp: 0, fp: 0, fn: 0, tn: 0 };

/** Compares two masks of equal length; anything but 0 is foreground. Two empty arrays give four zeros. */
export function overlapCounts(prediction: ArrayLike<number>, reference: ArrayLike<number>): OverlapCounts {
  const n = reference.length;
  if (prediction.length !== n) throw expected(`a prediction of ${n} pixels`, `${prediction.length}`);
  let [tp, fp, fn] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    if (prediction[i] !== 0) {
      if (reference[i] !== 0) tp++;
      else fp++;
    } else if (reference[i] !== 0) fn++;
  }
  return { tp, fp, fn, tn: n - tp - fp - fn };
}

/** The sum of two counts, as if both had been one image. */
export const addCounts = (a: OverlapCounts, b: OverlapCounts): OverlapCounts => ({
  tp: a.tp + b.tp,
  fp: a.fp + b.fp,
  fn: a.fn + b.fn,
  tn: a.tn + b.tn,
});

/** Nothing to divide by means that nothing could go wrong: 1. */
const ratio = (part: number, whole: number): number => (whole === 0 ? 1 : part / whole);

/** Dice similarity coefficient, 2|A∩B| / (|A|+|B|). Both masks empty: 1. One empty: 0. */
export const dice = ({ tp, fp, fn }: OverlapCounts): number => ratio(2 * tp, 2 * tp + fp + fn);

/** Jaccard index (IoU), |A∩B| / |A∪B|. Both masks empty: 1. One empty: 0. */
export const jaccard = ({ tp, fp, fn }: OverlapCounts): number => ratio(tp, tp + fp + fn);

/** Share of the predicted pixels that are right. Nothing predicted: 1 when the reference is empty too, else 0. */
export const precision = ({ tp, fp, fn }: OverlapCounts): number => (tp + fp === 0 ? Number(fn === 0) : tp / (tp + fp));

/** Share of the reference that was found (sensitivity). Empty reference: 1 when nothing was predicted, else 0. */
export const recall = ({ tp, fp, fn }: OverlapCounts): number => (tp + fn === 0 ? Number(fp === 0) : tp / (tp + fn));

/** Share of the background that was left alone. No background at all: 1. */
export const specificity = ({ tn, fp }: OverlapCounts): number => ratio(tn, tn + fp);

/** The metrics of overlap by name; each takes counts and gives a share from 0 to 1. */
const overlapMetrics = { dice, jaccard, precision, recall, specificity } as const;
/** The name of a metric of overlap. */
export type OverlapMetric = keyof typeof overlapMetrics;
/** The names of the metrics of overlap, in the order of reports. */
export const overlapMetricNames = Object.keys(overlapMetrics) as OverlapMetric[];

/** A share for every metric of overlap. */
export type OverlapScores = Readonly<Record<OverlapMetric, number>>;

/** All metrics of overlap of some counts. */
export const overlapScores = (counts: OverlapCounts): OverlapScores =>
  Object.fromEntries(overlapMetricNames.map((name) => [name, overlapMetrics[name](counts)])) as OverlapScores;

/** What was counted on one slice of one patient. */
export interface SliceOverlap {
  readonly patient: string;
  readonly counts: OverlapCounts;
}

/** The overlap of all slices of a patient, counted together. */
export interface PatientOverlap {
  readonly patient: string;
  readonly slices: number;
  readonly counts: OverlapCounts;
  readonly scores: OverlapScores;
}

/**
 * `volume`: all slices of the patient, so false alarms above and below the pancreas count.
 * `pancreas`: only the slices in which the reference has foreground, as the paper trains and tests; it looks better.
 */
export type OverlapScope = 'volume' | 'pancreas';

/**
 * Pools the slices of each patient, in order of first appearance.
 * With scope `pancreas` a patient without any foreground slice is left out, since there is nothing to find.
 */
export function overlapByPatient(slices: readonly SliceOverlap[], scope: OverlapScope = 'volume'): PatientOverlap[] {
  const pooled = new Map<string, { slices: number; counts: OverlapCounts }>();
  for (const { patient, counts } of slices) {
    if (scope === 'pancreas' && counts.tp + counts.fn === 0) continue;
    const sum = pooled.get(patient) ?? { slices: 0, counts: noCounts };
    pooled.set(patient, { slices: sum.slices + 1, counts: addCounts(sum.counts, counts) });
  }
  return [...pooled].map(([patient, sum]) => ({ patient, ...sum, scores: overlapScores(sum.counts) }));
}

/** Mean, SD and so on over the patients, for each metric; no patients give n = 0 and NaN. */
export const summariseOverlap = (patients: readonly PatientOverlap[]): Readonly<Record<OverlapMetric, Summary>> =>
  Object.fromEntries(
    overlapMetricNames.map((name) => [name, summarise(patients.map((p) => p.scores[name]))]),
  ) as Record<OverlapMetric, Summary>;
