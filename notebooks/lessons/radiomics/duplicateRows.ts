/** Rows that are copies of each other: one patient who counts twice. */
import { expected } from 'axunet/errors';
import type { FeatureColumns } from 'axunet/statistics/compareFeatures';

export interface DuplicatePair {
  readonly ids: readonly [string, string];
  /** Largest relative difference over all columns; 0 for an exact copy. */
  readonly difference: number;
}

/** |a − b| relative to the larger of both; two gaps are equal, one gap is not. */
function relativeDifference(a: number, b: number): number {
  if (a === b || (Number.isNaN(a) && Number.isNaN(b))) return 0;
  return Number.isFinite(a) && Number.isFinite(b) ? Math.abs(a - b) / Math.max(Math.abs(a), Math.abs(b)) : Infinity;
}

/**
 * Pairs of rows whose values agree in all columns up to `tolerance` (relative), whatever their ids say: copies that
 * passed through a text file keep six digits. Columns that are constant over the table say nothing and are not needed
 * to differ. Throws when the columns and ids have unequal lengths, or there is no column to compare by.
 */
export function duplicateRows(ids: readonly string[], columns: FeatureColumns, tolerance = 1e-6): DuplicatePair[] {
  const all = Object.values(columns);
  if (all.length === 0) throw expected('at least one column to compare rows by', 'none');
  if (all.some((values) => values.length !== ids.length))
    throw expected(`${ids.length} values in each column, one per row`, 'another number');
  const pairs: DuplicatePair[] = [];
  for (let i = 0; i < ids.length; i++) {
    for (let j = i + 1; j < ids.length; j++) {
      let difference = 0;
      for (let c = 0; c < all.length && difference <= tolerance; c++)
        difference = Math.max(difference, relativeDifference(all[c]![i]!, all[c]![j]!));
      if (difference <= tolerance) pairs.push({ ids: [ids[i]!, ids[j]!], difference });
    }
  }
  return pairs;
}
