/** What a study leaves behind: one small JSON with every run's scores by patient, from which the notebook draws. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { expected } from '../errors.ts';
import type { Metric, Outcome } from '../evaluate/metrics.ts';
import { metricInfo } from '../evaluate/metrics.ts';
import type { OverlapCounts } from '../evaluate/overlap.ts';
import { readJson, writeFileAtomic } from '../io/files.ts';
import { projectPath } from '../settings.ts';
import type { TrainConfig } from '../train/config.ts';

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

/** A predicted mask of an example slice, one bit a pixel, base64. */
export interface ExampleMask { readonly id: string; readonly mask: string }

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
  readonly examples?: readonly ExampleMask[];
}

/** A slice that all networks are shown on: grey values 0 to 255 and label bits, base64. */
export interface ExampleSlice {
  readonly id: string;
  readonly z: number;
  readonly height: number;
  readonly width: number;
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
  readonly patients: { readonly training: readonly string[]; readonly validation: readonly string[]; readonly test: readonly string[] } | string;
  readonly arms: readonly { readonly name: string; readonly label: string }[];
  readonly seeds: readonly number[];
  readonly costs?: readonly ArmCost[];
  readonly examples?: readonly ExampleSlice[];
  readonly runs: readonly StudyRun[];
}

/** Where the record of a study lies. */
export const recordFolder = (study: string): string => projectPath('figures/recorded', `study-${study}`);
const recordFile = (study: string): string => path.join(recordFolder(study), 'results.json');

const short = (value: unknown): unknown => (typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(6)) : value);
const inOneLine = (value: unknown): string => JSON.stringify(value, (_, v: unknown) => (v === Infinity ? 'Infinity' : short(v)));

/** JSON with one line a case, so that a change of one run is a change of its lines. */
function recordText(record: StudyRecord): string {
  const list = (items: readonly unknown[], indent: string): string => `[\n${items.map((item) => `${indent}  ${inOneLine(item)}`).join(',\n')}\n${indent}]`;
  const lines = (value: object, indent: string): string => Object.entries(value).filter(([, v]) => v !== undefined)
    .map(([key, v]) => {
      const isList = Array.isArray(v) && typeof v[0] === 'object';
      const text = key === 'cleaning' ? `{\n${lines(v as object, `${indent}  `)}\n${indent}}` : isList ? list(v, indent) : inOneLine(v);
      return `${indent}${JSON.stringify(key)}: ${text}`;
    }).join(',\n');
  const { runs, ...head } = record;
  return `{\n${lines(head, '  ')},\n  "runs": [\n${runs.map((run) => `    {\n${lines(run, '      ')}\n    }`).join(',\n')}\n  ]\n}\n`;
}

/** Writes the record of a study, the old one being replaced at once. */
export const writeRecord = (record: StudyRecord): Promise<void> => writeFileAtomic(recordFile(record.study), recordText(record));

const withInfinity = (one: StudyCase): StudyCase =>
  ({ ...one, values: Object.fromEntries(Object.entries(one.values).map(([metric, value]) => [metric, (value as unknown) === 'Infinity' ? Infinity : value])) });

/** The record of a study; undefined where none was made. Throws on one that is no record. */
export async function readRecord(study: string): Promise<StudyRecord | undefined> {
  const file = recordFile(study);
  if (!existsSync(file)) return undefined;
  const record = (await readJson(file)) as StudyRecord;
  if (record?.study !== study || !Array.isArray(record.runs)) throw expected(`the record of the study ${study}`, 'something else', file);
  return {
    ...record,
    runs: record.runs.map((run) => ({
      ...run, cases: run.cases.map(withInfinity),
      ...(run.cleaning && { cleaning: { ...run.cleaning, cases: run.cleaning.cases.map(withInfinity) } }),
    })),
  };
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
