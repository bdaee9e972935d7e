/** What radiomics.ipynb shows of its results: rows for tables, points and panels for figures. */

import { type Table, toTable } from 'axunet/figures/table';
import { findingColours } from 'axunet/figures/theme';
import { countFound, type FeatureComparison, type GroupComparison } from 'axunet/statistics/compareFeatures';
import { formatP } from 'axunet/statistics/formatP';
import { permuteLabels } from 'axunet/statistics/labelPermutation';
import { rocAuc } from 'axunet/statistics/roc';
import { summarise } from 'axunet/statistics/summary';
import { quantile } from 'simple-statistics';
import type { EffectPoint } from '../figures/effectScatter.ts';
import type { ForestRow } from '../figures/forestPlot.ts';
import type { FoundBar } from '../figures/foundFeatures.ts';
import type { DistributionPanel } from '../figures/groupDistributions.ts';
import { type ScoredFeature, towardsPositive } from '../figures/rocCurves.ts';
import type { StablePoint } from '../figures/stabilityPlot.ts';
import { acquisitionNames } from './acquisition.ts';
import { isGroup, shortName } from './cohorts.ts';
import { featureUnit } from './featureUnit.ts';
import { columnsOf } from './region.ts';
import { compareGroups, type FeatureStability } from './tests.ts';

/** Mean ± SD and median [quartiles] of some columns in each group, by simple-statistics. */
export function describeGroups(table: Table, names: readonly string[], key = 'group'): Table {
  const groups = [...new Set(table.column(key))] as string[];
  const text = (values: readonly number[]): string => {
    const s = summarise(values);
    const n = (v: number): string => Number(v.toPrecision(3)).toString();
    return `${n(s.mean)} ± ${n(s.sd)}, median ${n(s.median)} [${n(s.lowerQuartile)}, ${n(s.upperQuartile)}]`;
  };
  const own = (group: string, name: string): number[] =>
    table.numbers(name).filter((_, i) => table.column(key)[i] === group);
  return toTable(
    names.map((name) => ({
      feature: shortName(name),
      ...Object.fromEntries(groups.map((g) => [`${g} (n = ${own(g, name).length})`, text(own(g, name))])),
    })),
  );
}

/** The features of a comparison with the smallest p, as a table. */
export const strongest = ({ features }: GroupComparison, count = 10): FeatureComparison[] =>
  [...features].sort((a, b) => a.welchP - b.welchP).slice(0, count);

/** One row per feature: effect sizes, both p values and what correction leaves of them. */
export const comparisonTable = (features: readonly FeatureComparison[]): Table =>
  toTable(
    features.map((f) => ({
      feature: shortName(f.feature),
      "Hedges' g": `${f.g.toFixed(2)} [${f.gInterval.map((v) => v.toFixed(2)).join(', ')}]`,
      'Cliff δ': f.delta.toFixed(2),
      'p Welch': formatP(f.welchP),
      'p Mann-Whitney': formatP(f.mannWhitneyP),
      'p BH': formatP(f.bhP),
      'p Holm': formatP(f.holmP),
    })),
  );

/** What Welch's test says of a feature: names, in the order of the legend, and their colours. */
const truthKinds = ['p > 0.05', 'p ≤ 0.05, not after correction', 'also after Benjamini-Hochberg'] as const;
const truthColours: readonly string[] = [
  findingColours.none,
  findingColours.uncorrected,
  findingColours.benjaminiHochberg,
];

/** Axes and legend of truth against estimate, for `effectScatter`. */
export const truthAxes = {
  x: 'True effect: change from the healthy twin',
  y: "Estimate: Hedges' g, tumour minus normal",
  unit: 'SD',
  kinds: truthKinds,
  colours: truthColours,
};

/** Truth against estimate, by what the test says. */
export const truthPoints = (table: Table, effects: Readonly<Record<string, number>>): EffectPoint[] =>
  compareGroups(table, 'tumour', Object.keys(effects)).features.map((f) => ({
    name: shortName(f.feature),
    x: effects[f.feature]!,
    y: f.g,
    kind: truthKinds[Number(f.welchP <= 0.05) + Number(f.bhP <= 0.05)],
  }));

/** Panels of the named features by group, with effect and p. */
export function distributionPanels(
  table: Table,
  features: readonly FeatureComparison[],
  key = 'group',
): DistributionPanel[] {
  const groups = [...new Set(table.column(key))] as string[];
  return features.map((f) => ({
    title: shortName(f.feature),
    unit: featureUnit(f.feature),
    note: `g ${f.g.toFixed(2).replace('-', '−')}, p ${formatP(f.welchP)}`,
    groups: groups.map((name) => ({
      name,
      values: table.numbers(f.feature).filter((_, i) => table.column(key)[i] === name),
    })),
  }));
}

/** The named features as scores of a group. */
export const scoredFeatures = (table: Table, names: readonly string[]): ScoredFeature[] =>
  names.map((name) => ({ name: shortName(name), values: table.numbers(name) }));

/** Findings of a comparison beside what shuffled labels give in 19 of 20 tries at most. */
export function foundBar(name: string, table: Table, group: string, key: string, resamples: number): FoundBar {
  const permuted = permuteLabels(columnsOf(table), isGroup(table, group, key), { resamples });
  return {
    name,
    counts: countFound(compareGroups(table, group, undefined, key)),
    byChance: quantile([...permuted.permuted], 0.95),
  };
}

/** The axis of `aucForest` in a forest plot. */
export const aucAxis = {
  x: 'AUC with DeLong interval, turned to ≥ 0.5 (0 to 1)',
  unit: 'none',
  nothingAt: 0.5,
  range: [0.4, 1.03] as [number, number],
};

/** AUC (larger values: the group) of columns with DeLong's interval; turned so that it is at least 0.5. */
function aucRow(table: Table, name: string, labels: readonly boolean[], kind: string): ForestRow {
  const { auc, interval } = rocAuc(towardsPositive(table.numbers(name), labels), labels);
  return { name: shortName(name), estimate: auc, interval, kind };
}

/** How well single pancreas features and, beside them, the acquisition tell two cohorts apart. */
export function aucForest(table: Table, group: string, key: string, features: readonly string[]): ForestRow[] {
  const labels = isGroup(table, group, key);
  const varies = (name: string): boolean => new Set(table.numbers(name)).size > 1;
  return [
    ...features.map((name) => aucRow(table, name, labels, 'pancreas feature')),
    ...acquisitionNames
      .filter((name) => table.columns.includes(name) && varies(name))
      .map((name) => aucRow(table, name, labels, 'acquisition')),
  ];
}

/** The axis of `effectForest` in a forest plot. */
export const effectAxis = { x: "Hedges' g with 95 % interval", unit: 'SD', nothingAt: 0 };

/**
 * Hedges' g of a group against the others, for every column without gaps whose name begins as `kinds` says: by kind of
 * feature (the legend's entry) one or more beginnings.
 */
export function effectForest(
  table: Table,
  group: string,
  kinds: Readonly<Record<string, readonly string[]>>,
): ForestRow[] {
  const isWhole = (name: string): boolean => table.numbers(name).every(Number.isFinite);
  return Object.entries(kinds).flatMap(([kind, beginnings]) => {
    const named = beginnings.flatMap((beginning) => table.columns.filter((name) => name.startsWith(beginning)));
    const names = named.filter(isWhole);
    return compareGroups(table, group, names).features.map((f) => ({
      name: shortName(f.feature.replace(/^organ_/, 'original_shape_')).replace(/^shape /, ''),
      estimate: f.g,
      interval: f.gInterval,
      kind,
    }));
  });
}

/**
 * What of a confounded comparison is left after its negative control: features found there
 * (Benjamini-Hochberg) and not even at an uncorrected 0.05 among the healthy of both cohorts; with the effect
 * within one scanner and the true one beside.
 */
export function survivors(
  confounded: GroupComparison,
  control: GroupComparison,
  fair: GroupComparison,
  effects: Readonly<Record<string, number>>,
): { found: number; alsoInHealthy: number; left: Table } {
  const of = (c: GroupComparison, feature: string): FeatureComparison | undefined =>
    c.features.find((f) => f.feature === feature);
  const found = confounded.features.filter((f) => f.bhP <= 0.05);
  const left = found.filter((f) => (of(control, f.feature)?.welchP ?? 0) > 0.05);
  const digits = (value: number | undefined): string => (value === undefined ? '–' : value.toFixed(2));
  return {
    found: found.length,
    alsoInHealthy: found.length - left.length,
    left: toTable(
      [...left]
        .sort((a, b) => Math.abs(b.g) - Math.abs(a.g))
        .slice(0, 12)
        .map((f) => ({
          feature: shortName(f.feature),
          'g, two hospitals': digits(f.g),
          'g, healthy only': digits(of(control, f.feature)?.g),
          'g, one hospital': digits(of(fair, f.feature)?.g),
          'true effect': digits(effects[f.feature]),
        })),
    ),
  };
}

/** ICCs as the figure takes them. */
export const stablePoints = (stability: readonly FeatureStability[]): StablePoint[] =>
  stability.map((s) => ({
    name: shortName(s.feature),
    icc: s.icc,
    interval: s.interval,
    family: shortName(s.feature).split(' ')[0]!,
  }));

/**
 * In which of two analyses of the same patients each feature is found at p ≤ 0.05: names of the four
 * answers, in the order of the legend.
 */
const agreementKinds = ['in neither', 'with both masks', "with the expert's only", "with the network's only"] as const;

function agreementOf(byExpert: boolean, byNetwork: boolean): (typeof agreementKinds)[number] {
  const [neither, both, expertOnly, networkOnly] = agreementKinds;
  if (byExpert) return byNetwork ? both : expertOnly;
  return byNetwork ? networkOnly : neither;
}

/** Axes and legend of the expert's masks against the network's, for `effectScatter`. */
export const agreementAxes = {
  x: "Hedges' g with the expert's masks",
  y: "Hedges' g with the network's masks",
  unit: 'SD',
  kinds: agreementKinds,
};

/** Effects with the expert's masks against those with the network's. */
export function agreementPoints(expert: GroupComparison, predicted: GroupComparison): EffectPoint[] {
  return expert.features.flatMap((a) => {
    const b = predicted.features.find((f) => f.feature === a.feature);
    if (!b) return [];
    const kind = agreementOf(a.welchP <= 0.05, b.welchP <= 0.05);
    return [{ name: shortName(a.feature), x: a.g, y: b.g, kind }];
  });
}

/** How often each pair of values of two columns of text occurs. */
export function contingency(table: Table, rows: string, columns: string): Table {
  const [names, heads] = [rows, columns].map((key) => [...new Set(table.column(key))].sort());
  return toTable(
    names!.map((name) => ({
      [rows]: name,
      ...Object.fromEntries(
        heads!.map((head) => [head, table.rows.filter((row) => row[rows] === name && row[columns] === head).length]),
      ),
    })),
  );
}
