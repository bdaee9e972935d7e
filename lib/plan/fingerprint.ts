/**
 * The fingerprint of a data set: what its cases have in common and how far they differ, as a planner needs it. nnU-Net
 * bears the word and the idea (Isensee et al. 2021, doi:10.1038/s41592-020-01008-z); what is measured here is ours.
 */
import type { Case, CaseList, LabelClass } from '../dataset/caseList.ts';
import { expected, messageOf } from '../errors.ts';
import {
  atLeastOne,
  choice,
  dictionary,
  list,
  natural,
  nullable,
  object,
  oneLine,
  optional,
  realNumber,
  type Schema,
  text,
  tuple,
} from '../io/schema.ts';
import { summarise } from '../statistics/summary.ts';
import { type CaseFingerprint, type MeasuredCase, measureCase, type Sides, unionOf } from './caseFingerprint.ts';
import { type Contrast, contrastOf } from './contrast.ts';
import { addHistogram, emptyHistogram, type Histogram, percentileOf } from './histogram.ts';

/** The middle case and the two ends. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** A class of the set, in how many cases it occurs, and how large it is there (ml; of pictures pixels). */
export interface ClassFingerprint extends LabelClass {
  readonly cases: number;
  readonly medianSize: number;
}

export interface Fingerprint {
  readonly dataset: string;
  readonly kind: '3d' | '2d';
  /** Of lengths; of pictures, whose mm are unknown, pixels. */
  readonly unit: 'mm' | 'px';
  readonly cases: number;
  readonly patients: number;
  /** Cases that could be read by group, where the set has groups. */
  readonly groups?: Readonly<Record<string, number>>;
  /** Cases that could not be read, and why. */
  readonly skipped: readonly { readonly id: string; readonly reason: string }[];
  readonly slices: number;
  readonly slicesWithForeground: number;
  /** Voxels (x, y, z), and from one to the next. */
  readonly shape: readonly [Spread, Spread, Spread];
  readonly spacing: readonly [Spread, Spread, Spread];
  /** Height and width of the body in the slice that shows most of the organ; null of pictures. */
  readonly body: readonly [Spread, Spread] | null;
  /** Share of the voxels of a case. */
  readonly foregroundShare: Spread;
  /** Of a case, in ml (pictures: pixels). */
  readonly size: Spread;
  /** Connected parts in a case, and the share of the largest. */
  readonly parts: Spread;
  readonly largestPart: Spread;
  /** CT numbers of the organ, all cases pooled: percentiles; null of pictures. */
  readonly organHu: Percentiles | null;
  /** Medians of the cases. */
  readonly caseHu: Spread | null;
  /** Cases with and without contrast medium; absent of pictures. */
  readonly contrast?: Contrast;
  /** Foreground that the set names apart. */
  readonly classes: readonly ClassFingerprint[];
  /** Where each patient's organ lies, from the centre of the slice: [top, left, bottom, right]. */
  readonly sides: readonly Sides[];
}

/** Values below which 0.5, 5, 50, 95 and 99.5 % lie. */
export interface Percentiles {
  readonly p005: number;
  readonly p05: number;
  readonly p50: number;
  readonly p95: number;
  readonly p995: number;
}

const spread = object({ median: realNumber, min: realNumber, max: realNumber });

/** What a stored fingerprint must hold. */
export const fingerprintSchema: Schema<Fingerprint> = object({
  dataset: oneLine,
  kind: choice(['3d', '2d']),
  unit: choice(['mm', 'px']),
  cases: atLeastOne,
  patients: atLeastOne,
  skipped: list(object({ id: oneLine, reason: text })),
  slices: natural,
  slicesWithForeground: natural,
  shape: tuple([spread, spread, spread]),
  spacing: tuple([spread, spread, spread]),
  body: nullable(tuple([spread, spread])),
  foregroundShare: spread,
  size: spread,
  parts: spread,
  largestPart: spread,
  organHu: nullable(object({ p005: realNumber, p05: realNumber, p50: realNumber, p95: realNumber, p995: realNumber })),
  caseHu: nullable(spread),
  contrast: optional(object({ with: natural, without: natural, unclear: natural })),
  classes: list(object({ name: oneLine, values: list(natural), cases: natural, medianSize: realNumber })),
  sides: list(tuple([realNumber, realNumber, realNumber, realNumber])),
  groups: optional(dictionary(natural)),
});

/** Lengths, shares and sizes are kept to this many digits: nobody plans with more. */
const digits = 5;
const rounded = (value: number): number => Number(value.toPrecision(digits));

function spreadOf(values: readonly number[]): Spread {
  const { median, min, max } = summarise(values);
  return { median: rounded(median), min: rounded(min), max: rounded(max) };
}

const percentilesOf = (organ: Histogram): Percentiles => ({
  p005: percentileOf(organ, 0.005),
  p05: percentileOf(organ, 0.05),
  p50: percentileOf(organ, 0.5),
  p95: percentileOf(organ, 0.95),
  p995: percentileOf(organ, 0.995),
});

/** Each patient's cases together. */
function sidesByPatient(cases: readonly CaseFingerprint[]): Sides[] {
  const byPatient = new Map<string, Sides>();
  for (const { patient, sides } of cases) {
    if (!sides) continue;
    const both = unionOf(sides, byPatient.get(patient) ?? sides);
    byPatient.set(patient, both.map(rounded) as unknown as Sides);
  }
  return [...byPatient.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, sides]) => sides);
}

function classesOf(classes: readonly LabelClass[], cases: readonly CaseFingerprint[]): ClassFingerprint[] {
  return classes.map(({ name, values }, c) => {
    const sizes = cases.map(({ classSizes }) => classSizes[c]!).filter((size) => size > 0);
    return { name, values, cases: sizes.length, medianSize: sizes.length > 0 ? rounded(summarise(sizes).median) : 0 };
  });
}

function groupsIn(cases: readonly Case[]): Record<string, number> | undefined {
  const groups: Record<string, number> = {};
  for (const { group } of cases) if (group) groups[group] = (groups[group] ?? 0) + 1;
  return Object.keys(groups).length > 0 ? groups : undefined;
}

/** What cases that were measured say together. At least one of them has foreground. */
function summariseCases(
  set: CaseList,
  cases: readonly CaseFingerprint[],
  skipped: Fingerprint['skipped'],
  organ: Histogram,
): Fingerprint {
  const axis = <T extends 'shape' | 'spacing'>(key: T, i: number): Spread => spreadOf(cases.map((one) => one[key][i]!));
  const full = cases.filter(({ size }) => size > 0);
  const bodies = cases.flatMap(({ body }) => (body ? [body] : []));
  const read = new Set(cases.map(({ id }) => id));
  const groups = groupsIn(set.cases.filter(({ id }) => read.has(id)));
  const isPictures = set.kind === '2d';
  return {
    dataset: set.dataset,
    kind: set.kind,
    unit: isPictures ? 'px' : 'mm',
    cases: cases.length,
    patients: new Set(cases.map(({ patient }) => patient)).size,
    ...(groups && { groups }),
    skipped,
    slices: cases.reduce((sum, { shape }) => sum + shape[2], 0),
    slicesWithForeground: cases.reduce((sum, one) => sum + one.slicesWithForeground, 0),
    shape: [axis('shape', 0), axis('shape', 1), axis('shape', 2)],
    spacing: [axis('spacing', 0), axis('spacing', 1), axis('spacing', 2)],
    body: bodies.length > 0 ? [spreadOf(bodies.map(([h]) => h)), spreadOf(bodies.map(([, w]) => w))] : null,
    foregroundShare: spreadOf(cases.map((one) => one.foregroundShare)),
    size: spreadOf(cases.map(({ size }) => size)),
    parts: spreadOf(full.map(({ parts }) => parts.length)),
    largestPart: spreadOf(full.map(({ parts, size }) => parts[0]! / size)),
    organHu: isPictures ? null : percentilesOf(organ),
    caseHu: isPictures ? null : spreadOf(full.map(({ medianHu }) => medianHu!)),
    ...(!isPictures && { contrast: contrastOf(full.map(({ medianHu }) => medianHu!)) }),
    classes: classesOf(set.classes ?? [], cases),
    sides: sidesByPatient(cases),
  };
}

/** Progress, and what is odd in the files. */
export interface FingerprintOptions {
  readonly onProgress?: (done: number, total: number, note: string) => void;
  readonly onWarning?: (id: string, warning: string) => void;
}

/**
 * Reads every case of a set and measures it; a case that cannot be read is named in `skipped` and the others go on.
 * Throws a UserError where no case can be read, or none has foreground.
 */
export async function fingerprintOf(
  set: CaseList,
  { onProgress, onWarning }: FingerprintOptions = {},
): Promise<Fingerprint> {
  const cases: CaseFingerprint[] = [];
  const skipped: { id: string; reason: string }[] = [];
  const organ = emptyHistogram();
  for (const [done, one] of set.cases.entries()) {
    const measured = await measureCase(set, one).catch((error: unknown): string => messageOf(error));
    if (typeof measured === 'string') skipped.push({ id: one.id, reason: measured });
    else keep(measured);
    onProgress?.(done + 1, set.cases.length, one.id);
  }
  function keep(measured: MeasuredCase): void {
    cases.push(measured.fingerprint);
    addHistogram(organ, measured.organ);
    for (const warning of measured.warnings) onWarning?.(measured.fingerprint.id, warning);
  }
  if (cases.length === 0) throw expected('a case that can be read', skipped[0]?.reason ?? 'none', set.folder);
  if (cases.every(({ size }) => size === 0))
    throw expected('labels with foreground to plan for', `none in ${cases.length} cases`, set.folder);
  return summariseCases(set, cases, skipped, organ);
}
