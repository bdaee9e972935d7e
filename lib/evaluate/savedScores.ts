/** The scores of a case in JSON, which keeps neither Infinity nor NaN: what a file must hold, and the values again. */
import { choice, natural, object, oneLine, realNumber, written } from '../io/schema.ts';
import type { ScoredCase } from './cohort.ts';
import { type Metric, metricNames } from './metrics.ts';

/** The same schema for every metric. */
export const ofEveryMetric = <S>(schema: S): Record<Metric, S> =>
  Object.fromEntries(metricNames.map((name) => [name, schema])) as Record<Metric, S>;

/** The entries of a scored case. */
export const scoredEntries = {
  id: oneLine,
  outcome: choice(['both', 'missed', 'invented', 'neither']),
  counts: object({ tp: natural, fp: natural, fn: natural, tn: natural }),
  imageDiagonalMm: realNumber,
  values: object(ofEveryMetric(written)),
};

/** What pixels have not. */
export const noVolumes = { predictionMl: NaN, referenceMl: NaN, volumeDifferenceMl: NaN } as const;

/**
 * The scores as they were before they were written: null stands for Infinity, which a distance or relative volume with
 * one mask empty is, and for the volumes of pictures (`unit` px), which are none.
 */
export function revivedScores<T extends ScoredCase>(one: T, unit?: 'px'): T {
  const none = (name: string): number => (unit === 'px' && name in noVolumes ? NaN : Infinity);
  const values = Object.entries(one.values).map(([name, value]) => [name, (value as number | null) ?? none(name)]);
  return { ...one, values: Object.fromEntries(values) as unknown as ScoredCase['values'] };
}
