/** What the classifiers of the real tumours gave: one JSON, from which the notebook draws. It holds groups alone. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { writeFileAtomic } from 'axunet/io/files';
import {
  choice,
  exactly,
  flag,
  list,
  natural,
  object,
  optional,
  readJsonAs,
  realNumber,
  type Schema,
  type Shape,
  text,
  tuple,
  written,
} from 'axunet/io/schema';
import { recordFile, recordsFolder, recordText, versionSchema } from '../study/record.ts';
import { realTumoursName } from './record.ts';

const interval = tuple([realNumber, realNumber]);

/** What an arm reads; the last two have no tumour in the question. */
const armKinds = ['scan', 'features', 'both', 'matched', 'harmonised', 'control'] as const;

const armSchema = object({
  name: text,
  label: text,
  kind: choice(armKinds),
  learner: choice(['logistic', 'forest']),
  columns: natural,
  /** Patients with and without what is asked for. */
  ill: natural,
  well: natural,
  auc: realNumber,
  standardError: realNumber,
  /** DeLong's 95 % on the logit's scale, for this split into folds. */
  interval,
  /** Lowest and highest AUC of other splits into folds. */
  otherSplits: interval,
  permuted: optional(object({ shuffles: natural, p: realNumber, median: realNumber, upper: realNumber })),
});
export type ClassifierArm = Shape<typeof armSchema>;

const differenceSchema = object({ first: text, second: text, difference: realNumber, interval, p: written });
export type ArmDifference = Shape<typeof differenceSchema>;

const calibrationSchema = object({
  name: text,
  label: text,
  bins: list(object({ units: natural, said: realNumber, found: realNumber })),
  brier: realNumber,
  ece: realNumber,
  slope: written,
  intercept: realNumber,
});
export type ArmCalibration = Shape<typeof calibrationSchema>;

const learningSchema = object({
  name: text,
  label: text,
  points: list(object({ patients: natural, aucs: list(realNumber) })),
});
export type ArmLearning = Shape<typeof learningSchema>;

const recordSchema = object({
  study: exactly(realTumoursName),
  title: text,
  command: text,
  source: text,
  node: text,
  version: versionSchema,
  seed: natural,
  arms: list(armSchema),
  differences: list(differenceSchema),
  calibrations: list(calibrationSchema),
  learning: list(learningSchema),
  /** Middles of width and height in pixels, and how many patients with or without a tumour have boxes about them. */
  boxes: list(tuple([realNumber, realNumber, flag, natural])),
  /** Where a classifier of width and height alone says one half: intercept + width · w + height · h = 0. */
  boundary: object({ intercept: realNumber, width: realNumber, height: realNumber }),
});
export type ClassifierRecord = Shape<typeof recordSchema>;

/** A file beside the study's other records. */
export const besideResults = (name: string, records = recordsFolder): string =>
  path.join(path.dirname(recordFile(realTumoursName, records)), name);

const rounded = (value: unknown): unknown => {
  if (typeof value === 'number') return Number.isInteger(value) ? value : Number(value.toPrecision(5));
  if (Array.isArray(value)) return value.map(rounded);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, rounded(inner)]));
};

/** Writes the record, the old one being replaced at once; numbers keep five digits. */
export async function writeClassifiers(record: ClassifierRecord, records = recordsFolder): Promise<void> {
  await writeFileAtomic(besideResults('classifiers.json', records), `${recordText(rounded(record))}\n`);
}

/** The record; undefined where none was made. Throws on one that is no such record. */
export async function readClassifiers(records = recordsFolder): Promise<ClassifierRecord | undefined> {
  const file = besideResults('classifiers.json', records);
  if (!existsSync(file)) return undefined;
  return readJsonAs(file, recordSchema as Schema<ClassifierRecord>, 'the record of the classifiers of real tumours');
}
