/** What radiomics.ipynb computes from its tables, beyond single tests. */

import { type Table, toTable } from 'axunet/figures/table';
import { Random } from 'axunet/random';
import { brunnerMunzel } from 'axunet/statistics/brunnerMunzel';
import { compareFeatures, type GroupComparison, splitGroups } from 'axunet/statistics/compareFeatures';
import { intraclassCorrelation } from 'axunet/statistics/intraclass';
import { mannWhitney } from 'axunet/statistics/mannWhitney';
import { moments, varianceOf } from 'axunet/statistics/moments';
import { benjaminiHochberg, holm } from 'axunet/statistics/multipleTesting';
import { permutationTest } from 'axunet/statistics/permutationTest';
import { signFlipTest } from 'axunet/statistics/signFlipTest';
import { studentTTest } from 'axunet/statistics/tTest';
import { welchTTest } from 'axunet/statistics/welch';
import { dilateMask, erodeMask, redrawMask, shiftMask } from 'axunet/volume/perturbMask';
import { mean } from 'simple-statistics';
import { isGroup } from './cohorts.ts';
import { columnsOf, featureNamesOf, type Region } from './region.ts';

/** Compares the pancreas features (or the named columns) of one group with those of all other rows. */
export const compareGroups = (
  table: Table,
  group: string,
  names?: readonly string[],
  column = 'group',
): GroupComparison => compareFeatures(columnsOf(table, names), isGroup(table, group, column));

/**
 * What the tumour does to each feature: mean change from the healthy twin to the same patient with the tumour, in SDs
 * of healthy patients (twins and normals). Nothing but the tumour differs within a pair, so this is the truth that a
 * comparison of groups can only estimate. Features without spread in healthy patients are left out.
 */
export function trueEffects(table: Table, twins: Table): Record<string, number> {
  const ill = table.where((row) => row.group === 'tumour');
  const healthy = table.where((row) => row.group !== 'tumour');
  const order = ill.column('id').map((id) => twins.column('id').indexOf(id));
  const effects = featureNamesOf(table).flatMap((name): [string, number][] => {
    const [with_, without] = [ill.numbers(name), twins.numbers(name)];
    const spread = Math.sqrt(varianceOf(moments([...without, ...healthy.numbers(name)])));
    const change = mean(with_.map((value, i) => value - without[order[i]!]!));
    return spread > 0 && Number.isFinite(change) ? [[name, change / spread]] : [];
  });
  return Object.fromEntries(effects);
}

/** The rows in random order, the first half as cohort A, the rest as B: two groups that differ by chance alone. */
export function randomHalves(table: Table, seed: number): Table {
  const rows = Random.stream(seed, 'healthy halves').shuffle(table.rows);
  return toTable(rows.map((row, i) => ({ cohort: i < rows.length >> 1 ? 'A' : 'B', ...row })));
}

type PairTest = (a: readonly number[], b: readonly number[]) => number;

const pairTests: Readonly<Record<string, PairTest>> = {
  'Student t': (a, b) => studentTTest(a, b).p,
  'Welch t': (a, b) => welchTTest(a, b).p,
  'Mann-Whitney': (a, b) => mannWhitney(a, b).p,
  'Brunner-Munzel': (a, b) => brunnerMunzel(a, b).p,
  'permutation (Welch t)': (a, b) => permutationTest(a, b, { resamples: 399 }).p,
  'sign flip': (a, b) => signFlipTest(a, b, { resamples: 399 }).p,
};

/**
 * How often each test says p ≤ 0.05: for the features that the tumour truly changes much (|effect| ≥ `large`), and for
 * those that it hardly changes (< `small`). The last rows correct Welch's p over all features.
 */
export function findingsByTest(
  table: Table,
  effects: Readonly<Record<string, number>>,
  { large = 0.8, small = 0.2 } = {},
): Table {
  const inFirst = isGroup(table, 'tumour');
  const names = compareGroups(table, 'tumour', Object.keys(effects)).features.map(({ feature }) => feature);
  const groups = names.map((name) => splitGroups(table.numbers(name), inFirst));
  const welch = groups.map(([a, b]) => welchTTest(a, b).p);
  const byTest: Record<string, number[]> = Object.fromEntries(
    Object.entries(pairTests).map(([test, p]) => [test, groups.map(([a, b]) => p(a, b))]),
  );
  const all = { ...byTest, 'Welch t, Benjamini-Hochberg': benjaminiHochberg(welch), 'Welch t, Holm': holm(welch) };
  const size = names.map((name) => Math.abs(effects[name]!));
  const count = (p: readonly number[], keep: (effect: number) => boolean): number =>
    p.filter((value, i) => value <= 0.05 && keep(size[i]!)).length;
  const [nLarge, nSmall] = [size.filter((s) => s >= large).length, size.filter((s) => s < small).length];
  return toTable(
    Object.entries(all).map(([test, p]) => ({
      test,
      found: p.filter((v) => v <= 0.05).length,
      [`of ${nLarge} truly large`]: count(p, (s) => s >= large),
      [`of ${nSmall} truly almost none`]: count(p, (s) => s < small),
    })),
  );
}

/** Masks of the same patients as other readers might draw them. Each by name. */
export function otherReaders(regions: readonly Region[], seed: number): Record<string, Region[]> {
  const changed = (name: string, change: (region: Region, random: Random) => Region['mask']): Region[] =>
    regions.map((region) => ({ ...region, mask: change(region, Random.stream(seed, name, region.id)) }));
  return {
    'as drawn': [...regions],
    eroded: changed('eroded', ({ mask }, random) => erodeMask(mask, 0.25, random)),
    dilated: changed('dilated', ({ mask }, random) => dilateMask(mask, 0.25, random)),
    'shifted 1 voxel': changed('shifted', ({ mask }) => shiftMask(mask, [1, 0, 0])),
    redrawn: changed('redrawn', ({ mask }, random) => redrawMask(mask, 0.25, random)),
  };
}

export interface FeatureStability {
  readonly feature: string;
  readonly icc: number;
  readonly interval: readonly [number, number];
}

/**
 * ICC(2,1) of each pancreas feature over the tables, one per reader, rows in equal order: the share of its variance
 * that is the patient's. Features with gaps or without spread are left out.
 */
export function stabilityOf(tables: readonly Table[]): FeatureStability[] {
  return featureNamesOf(tables[0]!).flatMap((feature) => {
    const readers = tables.map((table) => table.numbers(feature));
    const ratings = readers[0]!.map((_, patient) => readers.map((values) => values[patient]!));
    if (!ratings.flat().every(Number.isFinite) || new Set(ratings.flat()).size < 2) return [];
    const { icc, interval } = intraclassCorrelation(ratings, 'agreement');
    return [{ feature, icc, interval }];
  });
}
