/**
 * Random forest (Breiman 2001): trees that split by the Gini impurity, each on a bootstrap sample of the units, each
 * split among some columns drawn anew; the probability is the mean over the trees of the share in the leaf.
 */
import { expected } from 'axunet/errors';
import { Random } from 'axunet/random';
import type { Rows } from './logistic.ts';

export interface ForestOptions {
  readonly trees: number;
  /** Columns looked at for a split; √columns by default, rounded down. */
  readonly tries?: number;
  readonly seed: number;
}

/** A split, or a leaf with the share of `true`. Rows with `value` ≤ `limit` go to `below`. */
export type TreeNode =
  | { readonly share: number }
  | { readonly column: number; readonly limit: number; readonly below: TreeNode; readonly above: TreeNode };

/** What is the same for all trees: the columns, and for each the rows in the order of its values. */
interface Prepared {
  readonly x: Rows;
  readonly y: readonly boolean[];
  readonly orders: readonly Uint16Array[];
}

/** What one tree is grown on: how often each row counts, and in which node it lies. */
interface Growing extends Prepared {
  readonly counts: Int32Array;
  readonly place: Int32Array;
  readonly columnsToTry: () => readonly number[];
  nodes: number;
}

interface Split {
  readonly column: number;
  readonly limit: number;
  /** Σ over both sides of true · false / all, half of the Gini impurity times the number of rows. */
  readonly impurity: number;
}

const mostRows = 65_535;

function prepare(x: Rows, y: readonly boolean[]): Prepared {
  if (x.length === 0 || x.length > mostRows) throw expected(`1 to ${mostRows} rows`, `${x.length}`);
  if (x.length !== y.length) throw expected(`${x.length} labels, one per row`, `${y.length}`);
  const rows = Array.from(x, (_, i) => i);
  const orders = Array.from(x[0]!, (_, column) =>
    Uint16Array.from([...rows].sort((a, b) => x[a]![column]! - x[b]![column]!)),
  );
  return { x, y, orders };
}

/** The middle, which of neighbouring doubles is the lower one: the upper one must not lie on its side. */
function between(low: number, high: number): number {
  const middle = (low + high) / 2;
  return middle < high ? middle : low;
}

/** The best split of a node by one column; undefined where its values are equal. */
function splitByColumn(
  tree: Growing,
  node: number,
  column: number,
  totals: readonly [number, number],
): Split | undefined {
  const { x, y, counts, place } = tree;
  let [well, ill, last, limit, best] = [0, 0, NaN, NaN, Infinity];
  for (const row of tree.orders[column]!) {
    if (place[row] !== node) continue;
    const value = x[row]![column]!;
    if (value > last) {
      const [wellAbove, illAbove] = [totals[0] - well, totals[1] - ill];
      const impurity = (well * ill) / (well + ill) + (wellAbove * illAbove) / (wellAbove + illAbove);
      if (impurity < best) [best, limit] = [impurity, between(last, value)];
    }
    if (y[row]) ill += counts[row]!;
    else well += counts[row]!;
    last = value;
  }
  return best < Infinity ? { column, limit, impurity: best } : undefined;
}

/** The best split of a node among the columns that are drawn; equal ones: the first. */
function bestSplit(tree: Growing, node: number, totals: readonly [number, number]): Split | undefined {
  let best: Split | undefined;
  for (const column of tree.columnsToTry()) {
    const split = splitByColumn(tree, node, column, totals);
    if (split && (!best || split.impurity < best.impurity)) best = split;
  }
  return best;
}

/** A node and all below it, until a leaf holds one kind alone or nothing that tells its rows apart. */
function growNode(tree: Growing, node: number, rows: readonly number[]): TreeNode {
  const totals: [number, number] = [0, 0];
  for (const row of rows) totals[Number(tree.y[row])]! += tree.counts[row]!;
  const split = totals[0] > 0 && totals[1] > 0 ? bestSplit(tree, node, totals) : undefined;
  if (!split) return { share: totals[1] / (totals[0] + totals[1]) };
  const { column, limit } = split;
  const isBelow = (row: number): boolean => tree.x[row]![column]! <= limit;
  const sides = [rows.filter(isBelow), rows.filter((row) => !isBelow(row))].map((own) => {
    const child = ++tree.nodes;
    for (const row of own) tree.place[row] = child;
    return { child, own };
  });
  const [below, above] = sides.map(({ child, own }) => growNode(tree, child, own)) as [TreeNode, TreeNode];
  return { column, limit, below, above };
}

function grow(prepared: Prepared, counts: Int32Array, columnsToTry: () => readonly number[]): TreeNode {
  const place = Int32Array.from(counts, (count) => (count > 0 ? 0 : -1));
  const rows = Array.from(counts.keys()).filter((row) => counts[row]! > 0);
  return growNode({ ...prepared, counts, place, columnsToTry, nodes: 0 }, 0, rows);
}

/** One tree of all rows and columns, without chance. */
export function growTree(x: Rows, y: readonly boolean[]): TreeNode {
  const all = Array.from(x[0]!, (_, column) => column);
  return grow(prepare(x, y), new Int32Array(x.length).fill(1), () => all);
}

/** The share of `true` in the leaf of a row. */
export function treeShare(tree: TreeNode, row: ArrayLike<number>): number {
  let node = tree;
  while ('column' in node) node = row[node.column]! <= node.limit ? node.below : node.above;
  return node.share;
}

/** Some columns without repeats, in the order drawn: those that a shuffle would put first. */
function drawColumns(random: Random, columns: Int32Array, tries: number): number[] {
  for (let i = 0; i < tries; i++) {
    const j = i + random.integer(columns.length - i);
    [columns[i], columns[j]] = [columns[j]!, columns[i]!];
  }
  return Array.from(columns.subarray(0, tries));
}

/** A forest; equal input and seed give the same. Throws for no rows, and options that are not whole numbers above 0. */
export function fitForest(x: Rows, y: readonly boolean[], { trees, tries, seed }: ForestOptions): TreeNode[] {
  const prepared = prepare(x, y);
  const columns = Int32Array.from(prepared.orders.keys());
  const looked = tries ?? Math.max(1, Math.floor(Math.sqrt(columns.length)));
  if (!(Number.isInteger(trees) && trees > 0)) throw expected('one tree or more', `${trees}`);
  if (!(Number.isInteger(looked) && looked > 0 && looked <= columns.length))
    throw expected(`1 to ${columns.length} columns to try`, `${looked}`);
  const random = Random.stream(seed, 'forest');
  return Array.from({ length: trees }, () => {
    const counts = new Int32Array(x.length);
    for (let i = 0; i < x.length; i++) counts[random.integer(x.length)]!++;
    return grow(prepared, counts, () => drawColumns(random, columns, looked));
  });
}

/** The probability of `true`: the mean over the trees. */
export const forestShare = (trees: readonly TreeNode[], row: ArrayLike<number>): number =>
  trees.reduce((sum, tree) => sum + treeShare(tree, row), 0) / trees.length;
