/**
 * ComBat (Johnson et al. 2007, doi:10.1093/biostatistics/kxj037): takes shift and scale of each batch off every column,
 * both shrunk towards what the batch does to all columns (empirical Bayes, parametric). Nothing else is kept: what
 * differs between batches, disease too, is taken off.
 */
import { expected } from 'axunet/errors';
import { mean } from 'simple-statistics';
import type { Rows } from './logistic.ts';

/** What one batch does to each column, in units of the column's pooled SD: z → (z − shift) / √scale. */
interface BatchEffect {
  readonly shift: readonly number[];
  readonly scale: readonly number[];
}

export interface Combat {
  readonly centre: readonly number[];
  /** Pooled SD; 0 where a column is constant in all batches, which is left as it is. */
  readonly spread: readonly number[];
  readonly batches: ReadonlyMap<string, BatchEffect>;
}

/** With n − 1; NaN for one value. */
const variance = (values: readonly number[]): number => {
  const centre = mean([...values]);
  return values.reduce((sum, v) => sum + (v - centre) ** 2, 0) / (values.length - 1);
};

const mostRounds = 10_000;

/** Shift and scale of a batch, shrunk: the two conditional posterior means in turns until they stand still. */
function shrunk(z: readonly (readonly number[])[]): BatchEffect {
  const n = z[0]!.length;
  const [shifts, scales] = [z.map((column) => mean([...column])), z.map((column) => variance(column) || 1)];
  const [centre, spread] = [mean(shifts), variance(shifts)];
  const [m, s2] = [mean(scales), variance(scales)];
  // an inverse gamma distribution with mean m and variance s2
  const [shape, rate] = [2 + m ** 2 / s2, m + m ** 3 / s2];
  const results = z.map((column, j) => {
    let [shift, scale] = [shifts[j]!, scales[j]!];
    for (let round = 0; round < mostRounds; round++) {
      const nextShift = (spread * n * shifts[j]! + scale * centre) / (spread * n + scale);
      const squares = column.reduce((sum, v) => sum + (v - nextShift) ** 2, 0);
      const nextScale = (0.5 * squares + rate) / (n / 2 + shape - 1);
      const change = Math.max(Math.abs(nextShift - shift), Math.abs(nextScale - scale) / scale);
      [shift, scale] = [nextShift, nextScale];
      if (change < 1e-13) break;
    }
    return { shift, scale };
  });
  return { shift: results.map(({ shift }) => shift), scale: results.map(({ scale }) => scale) };
}

const columnOf = (x: Rows, rows: readonly number[], j: number): number[] => rows.map((i) => x[i]![j]!);

/**
 * Learns what each batch does. Throws for batches of one row, and for fewer than three columns that vary: nothing can
 * be learned from the others then.
 */
export function fitCombat(x: Rows, batches: readonly string[]): Combat {
  if (batches.length !== x.length) throw expected(`${x.length} batches, one per row`, `${batches.length}`);
  const names = [...new Set(batches)].sort();
  const members = names.map((name) => batches.flatMap((batch, i) => (batch === name ? [i] : [])));
  const lonely = names.find((_, b) => members[b]!.length < 2);
  if (lonely !== undefined) throw expected('batches of two rows or more', `one row in ${lonely}`);
  const columns = Array.from(x[0]!, (_, j) => j);
  const means = members.map((rows) => columns.map((j) => mean(columnOf(x, rows, j))));
  const centre = columns.map((j) => members.reduce((sum, rows, b) => sum + rows.length * means[b]![j]!, 0) / x.length);
  const spread = columns.map((j) => {
    const squares = members.map((rows, b) => rows.reduce((sum, i) => sum + (x[i]![j]! - means[b]![j]!) ** 2, 0));
    return Math.sqrt(squares.reduce((sum, s) => sum + s, 0) / x.length);
  });
  const varying = columns.filter((j) => spread[j]! > 0);
  if (varying.length < 3) throw expected('three columns or more that vary within batches', `${varying.length}`);
  const effectOf = (rows: readonly number[]): BatchEffect => {
    const found = shrunk(varying.map((j) => columnOf(x, rows, j).map((v) => (v - centre[j]!) / spread[j]!)));
    const spreadOut = (values: readonly number[], otherwise: number): number[] =>
      columns.map((j) => values[varying.indexOf(j)] ?? otherwise);
    return { shift: spreadOut(found.shift, 0), scale: spreadOut(found.scale, 1) };
  };
  return { centre, spread, batches: new Map(names.map((name, b) => [name, effectOf(members[b]!)])) };
}

/** A row of a batch that was learned, without what the batch does to it. Throws for another batch. */
export function harmonise({ centre, spread, batches }: Combat, row: ArrayLike<number>, batch: string): number[] {
  const effect = batches.get(batch);
  if (!effect) throw expected(`a batch of ${[...batches.keys()].join(', ')}`, batch);
  return Array.from(row, (value, j) => {
    if (spread[j] === 0) return value;
    const z = (value - centre[j]!) / spread[j]!;
    return centre[j]! + (spread[j]! * (z - effect.shift[j]!)) / Math.sqrt(effect.scale[j]!);
  });
}
