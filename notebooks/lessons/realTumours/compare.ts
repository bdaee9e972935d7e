/** Real tumours against real normals, and groups of one source against each other, where no tumour can be the cause. */
import { expected } from 'axunet/errors';
import { Random } from 'axunet/random';
import {
  compareFeatures,
  countFound,
  type FeatureColumns,
  type FeatureComparison,
  type FoundCounts,
  splitGroups,
} from 'axunet/statistics/compareFeatures';
import { moments, varianceOf } from 'axunet/statistics/moments';
import { benjaminiHochberg, holm } from 'axunet/statistics/multipleTesting';
import { welchTTest } from 'axunet/statistics/welch';
import { median, quantile } from 'simple-statistics';
import type { Source } from './crops.ts';
import { mixedModel } from './mixedModel.ts';
import { namesOf, type Part, type PatientValue, patientUnits, slicesOf, sliceUnits, type Units } from './patients.ts';
import type { RealTumourRow } from './table.ts';

/** A feature in two groups: mean and standard deviation over units, sizes of the difference, p values. */
export interface ComparedFeature extends FeatureComparison {
  readonly means: readonly [number, number];
  readonly sds: readonly [number, number];
}

/** What two groups of units differ in. */
export interface Comparison {
  readonly n: readonly [number, number];
  readonly found: FoundCounts;
  readonly features: readonly ComparedFeature[];
  /** Features without a value for someone, or constant within both groups. */
  readonly leftOut: readonly string[];
}

function meanAndSd(values: readonly number[]): readonly [mean: number, sd: number] {
  const found = moments(values);
  return [found.mean, Math.sqrt(varianceOf(found))];
}

/**
 * Every column between the units that are first and the others: Welch, Mann-Whitney, Benjamini-Hochberg, Holm. A column
 * in which a unit has no value is left out.
 */
export function compareUnits({ columns, rows }: Units, isFirst: (row: RealTumourRow) => boolean): Comparison {
  const inFirst = rows.map(isFirst);
  const { features, leftOut, n } = compareFeatures(columns, inFirst);
  const group = (feature: string, first: boolean): number[] => columns[feature]!.filter((_, i) => inFirst[i] === first);
  const compared = features.map((one): ComparedFeature => {
    const [a, b] = [true, false].map((first) => meanAndSd(group(one.feature, first))) as [
      readonly [number, number],
      readonly [number, number],
    ];
    return { ...one, means: [a[0], b[0]], sds: [a[1], b[1]] };
  });
  const found = countFound({ features, leftOut, n });
  return { n, found, features: compared, leftOut: leftOut.map(({ feature }) => feature) };
}

/** With a tumour against without, the paper's comparison. */
export const hasTumour = ({ tumour }: RealTumourRow): boolean => tumour;

/** The paper's comparison with patients as units, or with slices, which is wrong. */
export const tumourComparison = (
  rows: readonly RealTumourRow[],
  part: Part,
  unit: PatientValue | 'slice' = 'median',
): Comparison => compareUnits(unit === 'slice' ? sliceUnits(rows, part) : patientUnits(rows, part, unit), hasTumour);

/** A feature as the mixed model sees it. */
export interface MixedFeature {
  readonly feature: string;
  readonly p: number;
  /** Share of the variance within groups that is between patients. */
  readonly icc: number;
}

/** What the mixed model finds over all features; those in which it can tell nothing are left out. */
export function mixedComparison(
  rows: readonly RealTumourRow[],
  part: Part,
): { readonly features: readonly MixedFeature[]; readonly found: Omit<FoundCounts, 'mannWhitney'> } {
  const features = namesOf(rows, part)
    .map((feature): MixedFeature => {
      const { p, icc } = mixedModel(slicesOf(rows, part, feature, hasTumour));
      return { feature, p, icc };
    })
    .filter(({ p }) => Number.isFinite(p));
  const p = features.map((one) => one.p);
  const count = (values: readonly number[]): number => values.filter((value) => value <= 0.05).length;
  const found = {
    compared: features.length,
    welch: count(p),
    bh: count(benjaminiHochberg(p)),
    holm: count(holm(p)),
  };
  return { features, found };
}

/** A comparison of patients of one source, all of them ill or all of them well. */
export interface Control {
  readonly source: Source;
  /** The column of the acquisition by whose median they are split, such as fatNoiseHu. */
  readonly by: string;
  /** The first group lies above. */
  readonly cut: number;
  readonly comparison: Comparison;
}

/**
 * The patients of a source above the median of a column of the acquisition against the others; those of whom it is not
 * known are left out. Undefined where fewer than two would be on a side.
 */
export function control(
  rows: readonly RealTumourRow[],
  { source, by, part = 'box' }: { source: Source; by: string; part?: Part },
): Control | undefined {
  const own = rows.filter((row) => row.source === source);
  const scans = patientUnits(own, 'acquisition');
  const values = scans.columns[by];
  if (!values) throw expected(`a column of the acquisition (${Object.keys(scans.columns).join(', ')})`, by);
  const known = scans.rows.flatMap(({ patient }, i) =>
    Number.isFinite(values[i]) ? [[patient, values[i]!] as const] : [],
  );
  if (known.length < 4) return undefined;
  const valueOf = new Map(known);
  const cut = median([...valueOf.values()]);
  const units = patientUnits(
    own.filter(({ patient }) => valueOf.has(patient)),
    part,
  );
  const isFirst = ({ patient }: RealTumourRow): boolean => valueOf.get(patient)! > cut;
  const above = units.rows.filter(isFirst).length;
  if (above < 2 || units.rows.length - above < 2) return undefined;
  return { source, by, cut, comparison: compareUnits(units, isFirst) };
}

/** How many features differ between halves of one source that differ in nothing. */
export interface RandomHalves {
  readonly source: Source;
  readonly splits: number;
  readonly n: readonly [number, number];
  /** Of the features with p ≤ 0.05 by Welch's test, uncorrected. */
  readonly median: number;
  readonly p95: number;
  readonly most: number;
  readonly compared: number;
}

/** Patients of a source split in halves at random, again and again. */
export function randomHalves(
  rows: readonly RealTumourRow[],
  { source, splits, seed, part = 'box' }: { source: Source; splits: number; seed: number; part?: Part },
): RandomHalves {
  const units = patientUnits(
    rows.filter((row) => row.source === source),
    part,
  );
  const random = Random.stream(seed, 'real halves', source, part);
  const half = units.rows.length >> 1;
  const columns = Object.values(units.columns).filter((values) => values.every(Number.isFinite));
  const counts = Array.from({ length: splits }, () => {
    const first = new Set(random.shuffle(units.rows).slice(0, half));
    const inFirst = units.rows.map((row) => first.has(row));
    return columns.filter((values) => welchTTest(...splitGroups(values, inFirst)).p <= 0.05).length;
  });
  return {
    source,
    splits,
    n: [half, units.rows.length - half],
    median: median(counts),
    p95: quantile(counts, 0.95),
    most: Math.max(...counts),
    compared: columns.length,
  };
}

/**
 * Of the features that a comparison finds after Benjamini-Hochberg those that none of the controls finds even at an
 * uncorrected 0.05.
 */
export function leftByControls(comparison: Comparison, controls: readonly Control[]): string[] {
  const alsoFound = new Set(
    controls.flatMap((one) => one.comparison.features.filter((f) => f.welchP <= 0.05).map(({ feature }) => feature)),
  );
  return comparison.features
    .filter(({ bhP, feature }) => bhP <= 0.05 && !alsoFound.has(feature))
    .map(({ feature }) => feature);
}

/** The columns with gaps cut to the units that have them, one comparison a column: for what is not always known. */
export function compareKnown(
  { columns, rows }: Units,
  isFirst: (row: RealTumourRow) => boolean,
): readonly (ComparedFeature & { readonly n: readonly [number, number] })[] {
  return Object.entries(columns).flatMap(([name, values]) => {
    const known = rows.flatMap((row, i) => (Number.isFinite(values[i]) ? [{ row, value: values[i]! }] : []));
    const first = known.filter(({ row }) => isFirst(row)).length;
    if (first < 2 || known.length - first < 2) return [];
    const own: FeatureColumns = { [name]: known.map(({ value }) => value) };
    const { features, n } = compareUnits({ columns: own, rows: known.map(({ row }) => row) }, isFirst);
    return features.map((one) => ({ ...one, n }));
  });
}
