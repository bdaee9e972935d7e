/**
 * Features that say the same: hierarchical clustering of correlations.
 *
 * Average linkage (UPGMA): the distance of two clusters is the mean of d(i, j) over i in one and j in the other, here
 * of d = 1 − |Spearman's ρ|. Source: Sokal & Michener 1958.
 */
import { expected } from '../errors.ts';
import { checkColumnNames, type FeatureColumns } from './compareFeatures.ts';
import { pearson } from './correlation.ts';
import { rank } from './ranks.ts';
import { checkBetween, checkList, checkSample, checkWhole, shownArgument } from './sample.ts';
import { scaledTogether, timesPower } from './scale.ts';

/** One merge: the two clusters (below n a single item, else n + the number of the merge) and their distance. */
export interface Merge {
  readonly left: number;
  readonly right: number;
  readonly distance: number;
  readonly size: number;
}

/** Refuses columns that are not of one length, or hold anything but finite numbers. */
function checkFullColumns(columns: FeatureColumns): void {
  checkColumnNames(columns);
  const [[, first] = ['', []], ...others] = Object.entries(columns);
  for (const [name, values] of Object.entries(columns))
    checkSample(values, others.length > 0 ? 2 : 0, `column ${name}`);
  for (const [name, { length }] of others)
    if (length !== first.length)
      throw expected(`${first.length} values of ${name}, as of the first column`, `${length}`);
}

/**
 * Spearman's coefficient of each pair of columns; NaN for a constant column. Square, in the order of the columns.
 * Refuses columns of unequal length, NaN, ±∞ and gaps.
 */
export function spearmanMatrix(columns: FeatureColumns): number[][] {
  checkFullColumns(columns);
  const ranks = Object.values(columns).map((values) => rank(values).ranks);
  const matrix = ranks.map(() => ranks.map(() => 1));
  for (let i = 0; i < ranks.length; i++) {
    for (let j = 0; j < i; j++) matrix[i]![j] = matrix[j]![i] = pearson(ranks[i]!, ranks[j]!).r;
  }
  return matrix;
}

/** The two nearest of the living clusters; the first of equals. */
function nearestPair(distances: readonly Float64Array[], alive: readonly number[]): [number, number] {
  let [best, pair] = [Infinity, [alive[0]!, alive[1]!] as [number, number]];
  for (let a = 0; a < alive.length; a++) {
    for (let b = a + 1; b < alive.length; b++) {
      const d = distances[alive[a]!]![alive[b]!]!;
      if (d < best) [best, pair] = [d, [alive[a]!, alive[b]!]];
    }
  }
  return pair;
}

/**
 * Average-linkage clustering (UPGMA) of n items from their square distance matrix: n − 1 merges, nearest first. One
 * item or none gives no merge. Throws for a matrix that is not square or holds something else than finite numbers.
 * Source: Sokal & Michener 1958; equals `scipy.cluster.hierarchy.average` up to the order of ties.
 */
export function averageLinkage(distance: readonly (readonly number[])[]): Merge[] {
  checkList(distance, 'the distances', 'rows');
  const n = distance.length;
  const isSound = Array.from(distance).every((row) => row?.length === n && Array.from(row).every(Number.isFinite));
  if (!isSound) throw expected('a square matrix of finite distances', `${n} rows with gaps or another length`);
  const { samples: d, exponent } = scaledTogether(distance);
  let alive = distance.map((_, i) => i);
  const cluster = alive.map((i) => ({ name: i, size: 1 }));
  const merges: Merge[] = [];
  while (alive.length > 1) {
    const [i, j] = nearestPair(d, alive);
    const [a, b] = [cluster[i]!, cluster[j]!];
    merges.push({
      left: Math.min(a.name, b.name),
      right: Math.max(a.name, b.name),
      distance: timesPower(d[i]![j]!, exponent),
      size: a.size + b.size,
    });
    for (const k of alive)
      if (k !== i && k !== j) d[i]![k] = d[k]![i] = (a.size * d[i]![k]! + b.size * d[j]![k]!) / (a.size + b.size);
    cluster[i] = { name: n + merges.length - 1, size: a.size + b.size };
    alive = alive.filter((k) => k !== j);
  }
  return merges;
}

/**
 * The items of every cluster that the merges up to `limit` make, each cluster and all of them in the order of the tree.
 * Refuses merges that are not those of n items.
 */
export function cutTree(merges: readonly Merge[], n: number, limit: number): number[][] {
  checkList(merges, 'the merges', 'merges');
  checkWhole(n, 0, Infinity, 'the number of items');
  if (merges.length !== Math.max(0, n - 1))
    throw expected(`${Math.max(0, n - 1)} merges of ${n} items`, `${merges.length}`);
  if (typeof limit !== 'number' || Number.isNaN(limit)) throw expected('a number for the limit', shownArgument(limit));
  const members = (name: number): number[] =>
    name < n ? [name] : [...members(merges[name - n]!.left), ...members(merges[name - n]!.right)];
  const clusters = (name: number): number[][] => {
    if (name < n) return [[name]];
    const { left, right, distance } = merges[name - n]!;
    return distance <= limit ? [members(name)] : [...clusters(left), ...clusters(right)];
  };
  if (n === 0) return [];
  return clusters(n === 1 ? 0 : n + merges.length - 1);
}

export interface FeatureClusters {
  /** Feature names of each cluster, in the order in which a heat map shows them. */
  readonly clusters: readonly (readonly string[])[];
  /** Spearman's coefficients in that order. */
  readonly names: readonly string[];
  readonly matrix: readonly (readonly number[])[];
  /** Of each cluster the feature that is correlated most with the others of it. */
  readonly representatives: readonly string[];
}

/**
 * Groups features by average linkage of 1 − |Spearman|: those of a cluster have |ρ| of at least `together` on average.
 * Constant columns have no correlation and are left out. Refuses what `spearmanMatrix` refuses, and a `together`
 * outside [0, 1].
 */
export function clusterFeatures(columns: FeatureColumns, together = 0.8): FeatureClusters {
  checkBetween(together, 0, 1, 'the least |ρ|');
  checkFullColumns(columns);
  const varying = Object.fromEntries(Object.entries(columns).filter(([, v]) => v.some((x) => x !== v[0])));
  const names = Object.keys(varying);
  const rho = spearmanMatrix(varying);
  const clusters = cutTree(
    averageLinkage(rho.map((row) => row.map((r) => 1 - Math.abs(r)))),
    names.length,
    // a |ρ| that equals `together` but for its rounding counts
    1 - together + 1e-12,
  );
  const order = clusters.flat();
  const closeness = (i: number, own: readonly number[]): number =>
    own.reduce((sum, j) => sum + Math.abs(rho[i]![j]!), 0);
  return {
    clusters: clusters.map((own) => own.map((i) => names[i]!)),
    names: order.map((i) => names[i]!),
    matrix: order.map((i) => order.map((j) => rho[i]![j]!)),
    representatives: clusters.map(
      (own) => names[own.reduce((best, i) => (closeness(i, own) > closeness(best, own) + 1e-12 ? i : best), own[0]!)]!,
    ),
  };
}
