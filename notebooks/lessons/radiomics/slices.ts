/** Slices taken for patients, and patients taken twice. */

import { type CaseList } from 'axunet/dataset/caseList';
import { canonicalCase, readCase } from 'axunet/dataset/readCase';
import { expected } from 'axunet/errors';
import { type Table, toTable } from 'axunet/figures/table';
import { Random } from 'axunet/random';
import { sliceZ } from 'axunet/volume/volume';
import { mean } from 'simple-statistics';
import type { UnitExample } from '../figures/unitOfAnalysis.ts';
import { type DuplicatePair, duplicateRows } from './duplicateRows.ts';
import { columnsOf, featureNamesOf } from './region.ts';
import { type ClusteredValues, testByUnit } from './unitRates.ts';

/** Mean HU of the organ in each of its slices (of at least `pixels`), one list per patient of a group. */
export async function sliceMeansHu(lists: readonly CaseList[], group: string, pixels = 12): Promise<number[][]> {
  const patients: number[][] = [];
  for (const one of lists.flatMap((list) => list.cases).filter((c) => c.label && c.group === group)) {
    const { image, label } = canonicalCase(await readCase(one));
    const slices = Array.from({ length: label.shape[2] }, (_, z) => {
      const organ = sliceZ(label, z);
      return Array.from(sliceZ(image, z) as Int16Array).filter((_, i) => organ[i]! > 0);
    });
    const means = slices.filter((values) => values.length >= pixels).map((values) => mean(values));
    if (means.length > 0) patients.push(means);
  }
  return patients;
}

/**
 * The first split of the patients into halves, from a seed, in which slices say p ≤ 0.05 and
 * patients do not; else the first split.
 */
export function splitExample(values: ClusteredValues, seed: number, tries = 200): UnitExample {
  const random = Random.stream(seed, 'example');
  const splits = Array.from({ length: tries }, () => {
    const order = random.shuffle(values);
    const [first, second] = [order.slice(0, order.length >> 1), order.slice(order.length >> 1)];
    return { first, second, p: testByUnit(first, second) };
  });
  return splits.find(({ p }) => p.slices <= 0.05 && p.patients > 0.05) ?? splits[0]!;
}

/**
 * The table with `count` rows of a group once more under new ids, their numbers rounded
 * as a text file would: a planted error.
 */
export function withCopies(table: Table, group: string, count: number, seed: number): Table {
  const own = table.rows.filter((row) => row.group === group);
  if (own.length < count) throw expected(`at least ${count} rows of the group ${group}`, `${own.length}`);
  const copies = Random.stream(seed, 'copies')
    .shuffle(own)
    .slice(0, count)
    .map((row, k) => ({
      ...Object.fromEntries(
        Object.entries(row).map(([name, value]) => [
          name,
          typeof value === 'number' ? Number(value.toPrecision(8)) : value,
        ]),
      ),
      id: `copy_${k + 1}`,
    }));
  return toTable([...table.rows, ...copies]);
}

/** Pairs of rows that agree in all pancreas features. */
export const findDuplicates = (table: Table): DuplicatePair[] =>
  duplicateRows(table.column('id') as string[], columnsOf(table, featureNamesOf(table)));

/** The table without the second row of every pair. */
export const withoutDuplicates = (table: Table, pairs: readonly DuplicatePair[]): Table =>
  table.where((row) => !pairs.some(({ ids }) => ids[1] === row.id));
