/** Pairs of an ill and a well patient who are alike in what is no disease. */

export interface MatchOptions {
  /** How far apart a pair may be in each column, in SD of the column over all patients. */
  readonly caliper: number;
}

const spreadOf = (values: readonly number[]): number => {
  const centre = values.reduce((sum, v) => sum + v, 0) / values.length;
  return Math.sqrt(values.reduce((sum, v) => sum + (v - centre) ** 2, 0) / (values.length - 1));
};

/**
 * Pairs `[ill, well]` of row numbers, nearest first, each row in one pair at most, none further apart than the caliper
 * in any column. Rows with a gap are in none. Distances are Euclidean in units of each column's SD.
 */
export function matchPairs(
  rows: readonly (readonly number[])[],
  ill: readonly boolean[],
  { caliper }: MatchOptions,
): [number, number][] {
  const known = rows.flatMap((row, i) => (row.every(Number.isFinite) ? [i] : []));
  const spreads = rows[0]!.map((_, j) => spreadOf(known.map((i) => rows[i]![j]!)));
  const apart = (a: number, b: number): number[] =>
    spreads.map((spread, j) => (spread === 0 ? 0 : Math.abs(rows[a]![j]! - rows[b]![j]!) / spread));
  const pairs = known
    .filter((i) => ill[i])
    .flatMap((a) =>
      known
        .filter((b) => !ill[b])
        .map((b) => ({ a, b, apart: apart(a, b) }))
        .filter((pair) => Math.max(...pair.apart) <= caliper)
        .map((pair) => ({ ...pair, distance: Math.hypot(...pair.apart) })),
    );
  const taken = new Set<number>();
  return pairs
    .sort((p, q) => p.distance - q.distance)
    .flatMap(({ a, b }): [number, number][] => {
      if (taken.has(a) || taken.has(b)) return [];
      taken.add(a).add(b);
      return [[a, b]];
    });
}
