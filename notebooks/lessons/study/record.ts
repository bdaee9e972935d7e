/** What a study leaves behind: one small JSON with every run's scores by patient, from which the notebook draws. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { expected } from 'axunet/errors';
import type { DetectionSummary } from 'axunet/evaluate/detection';
import { type Metric, metricInfo, metricNames, type Outcome } from 'axunet/evaluate/metrics';
import type { OverlapCounts } from 'axunet/evaluate/overlap';
import { cutWindow } from 'axunet/figures/slicePicture';
import { writeFileAtomic } from 'axunet/io/files';
import {
  checkShape,
  choice,
  either,
  exactly,
  list,
  natural,
  nullable,
  object,
  optional,
  readJsonAs,
  realNumber,
  row,
  type Schema,
  text,
  tuple,
  written,
} from 'axunet/io/schema';
import { projectPath } from 'axunet/settings';
import { configSchema, type TrainConfig } from 'axunet/train/config';

/** One unseen patient (or slice, in a study of pictures) scored. */
export interface StudyCase {
  readonly id: string;
  readonly outcome: Outcome;
  readonly counts: OverlapCounts;
  /** Stands for a distance that a missed organ has not; absent for pictures, whose millimetres are unknown. */
  readonly imageDiagonalMm?: number;
  readonly values: Readonly<Partial<Record<Metric, number>>>;
}

/** A threshold and a post-processing, both chosen on the validation patients. */
export interface Cleaning {
  /** Mean DSC of the validation patients at each threshold, without post-processing. */
  readonly thresholds: readonly { readonly threshold: number; readonly dice: number }[];
  readonly threshold: number;
  /** Mean DSC of the validation patients for each post-processing at that threshold. */
  readonly candidates: readonly { readonly name: string; readonly dice: number }[];
  readonly postprocessing: string;
  /** The test patients with both. */
  readonly cases: readonly StudyCase[];
}

/** One class of a run that keeps several apart: the likeliest class of each voxel is taken, nothing is cleaned. */
export interface StudyClass {
  readonly name: string;
  readonly cases: readonly StudyCase[];
  readonly detection: DetectionSummary;
}

/** A predicted mask of an example slice, one bit a pixel, base64. */
export interface ExampleMask {
  readonly id: string;
  readonly mask: string;
}

export interface StudyRun {
  readonly arm: string;
  readonly seed: number;
  readonly config: TrainConfig;
  /** Of the code that trained this run. */
  readonly version: { readonly package: string; readonly commit?: string };
  readonly steps: number;
  /** Training time; says little where the machine was shared. */
  readonly seconds: number;
  /** Mean training loss of the last epoch. */
  readonly loss: number;
  /** Unseen patients at threshold 0.5, nothing cleaned. */
  readonly cases: readonly StudyCase[];
  readonly cleaning?: Cleaning;
  /** Each class, where the arm keeps them apart; `cases` takes them as one. */
  readonly classes?: readonly StudyClass[];
  readonly examples?: readonly ExampleMask[];
}

/**
 * A window of a slice that all networks are shown on: grey values 0 to 255 and label bits,
 * base64. Example masks have its size.
 */
export interface ExampleSlice {
  readonly id: string;
  readonly z: number;
  readonly height: number;
  readonly width: number;
  /** First row and column of the window in the slice, and the slice's rows and columns. */
  readonly place: { readonly top: number; readonly left: number; readonly rows: number; readonly columns: number };
  readonly spacingMm: readonly [number, number];
  readonly image: string;
  readonly label: string;
}

export interface ArmCost {
  readonly arm: string;
  /** Trainable numbers at the study's width and at the paper's. */
  readonly parameters: number;
  readonly fullParameters: number;
  /** 10⁹ multiplications of one forward pass of one slice: at the study's size, and 512 × 512 at the paper's width. */
  readonly gmac: number;
  readonly fullGmac: number;
  /** Median and least milliseconds of a training step, arms in turns in one process; absent until measured. */
  readonly stepMs?: number;
  readonly leastStepMs?: number;
  readonly timedSteps?: number;
}

export interface StudyRecord {
  readonly study: string;
  readonly title: string;
  readonly command: string;
  readonly source: string;
  readonly engine: string;
  readonly node: string;
  readonly patients:
    | { readonly training: readonly string[]; readonly validation: readonly string[]; readonly test: readonly string[] }
    | string;
  readonly arms: readonly { readonly name: string; readonly label: string }[];
  readonly seeds: readonly number[];
  /** Pixels of all slices of the cohort, and those of the pancreas. */
  readonly foreground?: { readonly pixels: number; readonly pancreas: number };
  readonly costs?: readonly ArmCost[];
  readonly examples?: readonly ExampleSlice[];
  readonly runs: readonly StudyRun[];
}

/** How an arm is called in figures and tables; its name where the record does not know it. */
export const armLabel = ({ arms }: Pick<StudyRecord, 'arms'>, arm: string): string =>
  arms.find(({ name }) => name === arm)?.label ?? arm;

/** Where the records of all studies lie. */
export const recordsFolder = projectPath('figures/recorded');
export const recordFile = (study: string, records = recordsFolder): string =>
  path.join(records, `study-${study}`, 'results.json');

/** What of each case is kept; the rest of the metrics says little more. */
export const recordedMetrics = [
  ...(['dice', 'jaccard', 'precision', 'recall', 'nsd1', 'nsd2', 'nsd3'] as const),
  ...(['hausdorffMm', 'hd95PooledMm', 'assdMm'] as const),
] as const satisfies readonly Metric[];

/**
 * A case as one row: id, outcome, tp, fp, fn, tn, diagonal, then the metrics in the record's order.
 * JSON has no Infinity: it is null there.
 */
export type CaseRow = readonly [
  id: string,
  outcome: Outcome,
  tp: number,
  fp: number,
  fn: number,
  tn: number,
  ...diagonalAndMetrics: (number | null)[],
];

export const outcomeSchema: Schema<Outcome> = choice(['both', 'missed', 'invented', 'neither']);
const caseRow = row([text, outcomeSchema, natural, natural, natural, natural], nullable(realNumber));
/** Rows of cases as records hold them. */
export const caseRowsSchema: Schema<readonly CaseRow[]> = list(caseRow);
/** Names of metrics as records hold them. */
export const metricsSchema: Schema<readonly Metric[]> = list(choice(metricNames));
/** Of the code that made a record. */
export const versionSchema: Schema<StudyRun['version']> = object({ package: text, commit: optional(text) });

export function caseToRow(
  { id, outcome, counts: { tp, fp, fn, tn }, imageDiagonalMm, values }: StudyCase,
  metrics: readonly Metric[],
): CaseRow {
  const numbers = [imageDiagonalMm ?? null, ...metrics.map((metric) => values[metric] ?? null)];
  const rounded = numbers.map((v) => (v === null || !Number.isFinite(v) ? null : Number(v.toPrecision(6))));
  return [id, outcome, tp, fp, fn, tn, ...rounded];
}

export function rowToCase(
  [id, outcome, tp, fp, fn, tn, diagonal, ...numbers]: CaseRow,
  metrics: readonly Metric[],
): StudyCase {
  const values = Object.fromEntries(metrics.map((metric, i) => [metric, numbers[i] ?? Infinity]));
  return { id, outcome, counts: { tp, fp, fn, tn }, values, ...(diagonal != null && { imageDiagonalMm: diagonal }) };
}

/** JSON with one line for each item of an innermost list, so that a change of one run is a change of its lines. */
export function recordText(value: unknown, indent = ''): string {
  const inner = `${indent}  `;
  const isDeep = (v: unknown): boolean =>
    typeof v === 'object' && v !== null && Object.values(v).some((each) => typeof each === 'object' && each !== null);
  if (!isDeep(value)) return JSON.stringify(value);
  if (Array.isArray(value))
    return `[\n${value.map((item) => `${inner}${recordText(item, inner)}`).join(',\n')}\n${indent}]`;
  const entries = Object.entries(value as object).filter(([, v]) => v !== undefined);
  const lines = entries.map(([key, v]) => `${inner}${JSON.stringify(key)}: ${recordText(v, inner)}`);
  return `{\n${lines.join(',\n')}\n${indent}}`;
}

/** Writes the record of a study, the old one being replaced at once. */
export async function writeStudyRecord(record: StudyRecord, records = recordsFolder): Promise<void> {
  const metrics = recordedMetrics.filter((metric) =>
    record.runs.some(({ cases }) => cases.some(({ values }) => values[metric] !== undefined)),
  );
  const rows = (cases: readonly StudyCase[]): CaseRow[] => cases.map((one) => caseToRow(one, metrics));
  const runs = record.runs.map((run) => ({
    ...run,
    ...(run.cleaning && { cleaning: { ...run.cleaning, cases: rows(run.cleaning.cases) } }),
    ...(run.classes && { classes: run.classes.map((one) => ({ ...one, cases: rows(one.cases) })) }),
    cases: rows(run.cases),
  }));
  await writeFileAtomic(recordFile(record.study, records), `${recordText({ ...record, metrics, runs })}\n`);
}

interface StoredRun extends Omit<StudyRun, 'cases' | 'cleaning' | 'classes'> {
  readonly classes?: readonly (Omit<StudyClass, 'cases'> & { readonly cases: readonly CaseRow[] })[];
  readonly cases: readonly CaseRow[];
  readonly cleaning?: Omit<Cleaning, 'cases'> & { readonly cases: readonly CaseRow[] };
}
interface StoredRecord extends Omit<StudyRecord, 'runs'> {
  readonly metrics: readonly Metric[];
  readonly runs: readonly StoredRun[];
}

const detectionSchema: Schema<DetectionSummary> = object({
  withLesion: natural,
  found: natural,
  touched: natural,
  sensitivity: optional(realNumber),
  withoutLesion: natural,
  rightlyEmpty: natural,
  specificity: optional(realNumber),
  falsePositives: natural,
  falsePositivesPerCase: optional(realNumber),
});

/** A run whose cases are written in this form: rows in a record, objects in the file of a finished run. */
export const runSchema = <Cases>(cases: Schema<Cases>) =>
  object({
    arm: text,
    seed: realNumber,
    config: configSchema,
    version: versionSchema,
    steps: natural,
    seconds: realNumber,
    loss: written,
    cases,
    cleaning: optional(
      object({
        thresholds: list(object({ threshold: realNumber, dice: written })),
        threshold: realNumber,
        candidates: list(object({ name: text, dice: written })),
        postprocessing: text,
        cases,
      }),
    ),
    classes: optional(list(object({ name: text, cases, detection: detectionSchema }))),
    examples: optional(list(object({ id: text, mask: text }))),
  });

const exampleSchema: Schema<ExampleSlice> = object({
  id: text,
  z: natural,
  height: natural,
  width: natural,
  place: object({ top: realNumber, left: realNumber, rows: natural, columns: natural }),
  spacingMm: tuple([realNumber, realNumber]),
  image: text,
  label: text,
});

const costSchema: Schema<ArmCost> = object({
  arm: text,
  parameters: natural,
  fullParameters: natural,
  gmac: realNumber,
  fullGmac: realNumber,
  stepMs: optional(realNumber),
  leastStepMs: optional(realNumber),
  timedSteps: optional(natural),
});

const studySchema: Schema<StoredRecord> = object({
  study: text,
  title: text,
  command: text,
  source: text,
  engine: text,
  node: text,
  patients: either([object({ training: list(text), validation: list(text), test: list(text) }), text]),
  arms: list(object({ name: text, label: text })),
  seeds: list(realNumber),
  foreground: optional(object({ pixels: natural, pancreas: natural })),
  costs: optional(list(costSchema)),
  examples: optional(list(exampleSchema)),
  metrics: metricsSchema,
  runs: list(runSchema(caseRowsSchema)),
});

/** The record of a study; undefined where none was made. Throws on one that is no record. */
export async function readStudyRecord(study: string, records = recordsFolder): Promise<StudyRecord | undefined> {
  const file = recordFile(study, records);
  if (!existsSync(file)) return undefined;
  const what = `the record of the study ${study}`;
  const stored = await readJsonAs(file, studySchema, what);
  checkShape(stored, object({ study: exactly(study) }), file, what);
  const { metrics, ...record } = stored;
  const cases = (rows: readonly CaseRow[]): StudyCase[] => rows.map((row) => rowToCase(row, metrics));
  const runs = record.runs.map(
    ({ cleaning, classes, ...run }): StudyRun => ({
      ...run,
      cases: cases(run.cases),
      ...(cleaning && { cleaning: { ...cleaning, cases: cases(cleaning.cases) } }),
      ...(classes && { classes: classes.map((one) => ({ ...one, cases: cases(one.cases) })) }),
    }),
  );
  return { ...record, runs };
}

/** The value of a metric where a number is needed: a distance that is missing counts as the diagonal of the image. */
export function caseValue(metric: Metric, { id, values, imageDiagonalMm }: StudyCase): number {
  const value = values[metric];
  if (value === undefined) throw expected(`${metricInfo[metric].label} of ${id}`, 'none');
  return value === Infinity && imageDiagonalMm !== undefined ? imageDiagonalMm : value;
}

/** A mask as base64, one bit a pixel, and back. */
export function packMask(mask: ArrayLike<number>): string {
  const bytes = new Uint8Array(Math.ceil(mask.length / 8));
  for (let i = 0; i < mask.length; i++) if (mask[i]) bytes[i >> 3]! |= 1 << (i & 7);
  return Buffer.from(bytes).toString('base64');
}

export function unpackMask(text: string, length: number): Uint8Array {
  const bytes = Buffer.from(text, 'base64');
  return Uint8Array.from({ length }, (_, i) => (bytes[i >> 3]! >> (i & 7)) & 1);
}

/** The part of a whole-slice mask that the example's window shows. */
export function cropMask(
  { id, mask }: ExampleMask,
  { height, width, place: { top, left, rows, columns } }: ExampleSlice,
): ExampleMask {
  return {
    id,
    mask: packMask(cutWindow(unpackMask(mask, rows * columns), rows, columns, { top, left, height, width })),
  };
}
