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
  /** Where it was asked for. */
  readonly chance?: Chance;
}

/** How many features have p ≤ 0.05 by Welch's test when the same units fall into groups of these sizes by chance. */
export interface Chance {
  readonly shuffles: number;
  readonly median: number;
  /** What 19 of 20 shuffles do not exceed. */
  readonly p95: number;
  readonly most: number;
}

/** Shuffles the units again and again. At least one feature without gaps is expected. */
function chanceOf(columns: FeatureColumns, inFirst: readonly boolean[], { shuffles, seed }: Shuffles): Chance {
  const random = Random.stream(seed, 'groups by chance');
  const whole = Object.values(columns).filter((values) => values.every(Number.isFinite));
  const counts = Array.from({ length: shuffles }, () => {
    const first = random.shuffle(inFirst);
    return whole.filter((values) => welchTTest(...splitGroups(values, first)).p <= 0.05).length;
  });
  return { shuffles, median: median(counts), p95: quantile(counts, 0.95), most: Math.max(...counts) };
}

/** How often units are shuffled, and what draws them. */
export interface Shuffles {
  readonly shuffles: number;
  readonly seed: number;
}

function meanAndSd(values: readonly number[]): readonly [mean: number, sd: number] {
  const found = moments(values);
  return [found.mean, Math.sqrt(varianceOf(found))];
}

/**
 * Every column between the units that are first and the others: Welch, Mann-Whitney, Benjamini-Hochberg, Holm. A column
 * in which a unit has no value is left out.
 */
function compareUnits(
  { columns, rows }: Units,
  isFirst: (row: RealTumourRow) => boolean,
  shuffles?: Shuffles,
): Comparison {
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
  const chance = shuffles && { chance: chanceOf(columns, inFirst, shuffles) };
  return { n, found, features: compared, leftOut: leftOut.map(({ feature }) => feature), ...chance };
}

/** With a tumour against without, the paper's comparison. */
export const hasTumour = ({ tumour }: RealTumourRow): boolean => tumour;

/** The paper's comparison with patients as units, or with slices, which is wrong. */
export const tumourComparison = (
  rows: readonly RealTumourRow[],
  part: Part,
  unit: PatientValue | 'slice' = 'median',
  shuffles?: Shuffles,
): Comparison =>
  compareUnits(unit === 'slice' ? sliceUnits(rows, part) : patientUnits(rows, part, unit), hasTumour, shuffles);

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
  shuffles?: Shuffles,
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
  return { source, by, cut, comparison: compareUnits(units, isFirst, shuffles) };
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

/**
 * Columns with gaps, each cut to the units that have it: for what is not always known. Corrections are over all
 * columns.
 */
export function compareKnown(
  { columns, rows }: Units,
  isFirst: (row: RealTumourRow) => boolean,
): readonly (ComparedFeature & { readonly n: readonly [number, number] })[] {
  const compared = Object.entries(columns).flatMap(([name, values]) => {
    const known = rows.flatMap((row, i) => (Number.isFinite(values[i]) ? [{ row, value: values[i]! }] : []));
    const first = known.filter(({ row }) => isFirst(row)).length;
    if (first < 2 || known.length - first < 2) return [];
    const own: FeatureColumns = { [name]: known.map(({ value }) => value) };
    const { features, n } = compareUnits({ columns: own, rows: known.map(({ row }) => row) }, isFirst);
    return features.map((one) => ({ ...one, n }));
  });
  const p = compared.map(({ welchP }) => welchP);
  const [byBh, byHolm] = [benjaminiHochberg(p), holm(p)];
  return compared.map((one, i) => ({ ...one, bhP: byBh[i]!, holmP: byHolm[i]! }));
}
