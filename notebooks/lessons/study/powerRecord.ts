/** The record of the study `radiomics`: one small JSON with what each test found, from which the notebook draws. */
import { existsSync } from 'node:fs';
import { writeFileAtomic } from 'axunet/io/files';
import {
  choice,
  exactly,
  list,
  natural,
  nullable,
  object,
  readJsonAs,
  realNumber,
  row,
  type Schema,
  text,
  tuple,
} from 'axunet/io/schema';
import { type EffectClass, effectClassNames, type FoundShare } from './power.ts';
import { recordFile, recordsFolder, recordText, versionSchema } from './record.ts';

export const powerStudyName = 'radiomics';
export const powerTitle = 'How many patients would find it';

export interface PowerRecord {
  readonly study: typeof powerStudyName;
  readonly title: string;
  readonly command: string;
  readonly source: string;
  readonly node: string;
  /** Of the code that drew and tested the cohorts. */
  readonly version: { readonly package: string; readonly commit?: string };
  /** Of the code that made the people and their features. */
  readonly made: { readonly phantomGenerator: number; readonly features: number };
  /** Of the people, and of the cohorts drawn from them. */
  readonly seeds: { readonly people: number; readonly cohorts: number };
  readonly people: number;
  readonly cohorts: number;
  /** Random arrangements of each permutation test. */
  readonly resamples: number;
  readonly level: number;
  /** Patients in each group. */
  readonly sizes: readonly number[];
  /**
   * True effect of each feature in SD, and in which share of the cohorts of each size
   * Welch's test finds it, uncorrected.
   */
  readonly features: readonly { readonly name: string; readonly effect: number; readonly found: readonly number[] }[];
  readonly shares: readonly FoundShare[];
}

type ShareRow = readonly [
  patients: number,
  effects: EffectClass,
  method: string,
  share: number,
  error: number | null,
  any: number,
];
type StoredRecord = Omit<PowerRecord, 'features' | 'shares'> & {
  readonly features: readonly (readonly [name: string, effect: number, ...found: number[]])[];
  readonly shares: readonly ShareRow[];
};

const storedSchema: Schema<StoredRecord> = object({
  study: exactly(powerStudyName),
  title: text,
  command: text,
  source: text,
  node: text,
  version: versionSchema,
  made: object({ phantomGenerator: natural, features: natural }),
  seeds: object({ people: realNumber, cohorts: realNumber }),
  people: natural,
  cohorts: natural,
  resamples: natural,
  level: realNumber,
  sizes: list(natural),
  features: list(row([text, realNumber], realNumber)),
  shares: list(tuple([natural, choice(effectClassNames), text, realNumber, nullable(realNumber), realNumber])),
});

const round = (value: number): number => Number(value.toPrecision(5));

/** Writes the record, the old one being replaced at once; numbers keep five digits. */
export async function writePowerRecord(record: PowerRecord, records = recordsFolder): Promise<void> {
  const stored: StoredRecord = {
    ...record,
    features: record.features.map(({ name, effect, found }) => [name, round(effect), ...found.map(round)]),
    shares: record.shares.map(({ patients, effects, method, share, error, any }) => [
      patients,
      effects,
      method,
      round(share),
      Number.isFinite(error) ? round(error) : null,
      round(any),
    ]),
  };
  await writeFileAtomic(recordFile(powerStudyName, records), `${recordText(stored)}\n`);
}

/** The record; undefined where none was made. Throws on one that is no record of this study. */
export async function readPowerRecord(records = recordsFolder): Promise<PowerRecord | undefined> {
  const file = recordFile(powerStudyName, records);
  if (!existsSync(file)) return undefined;
  const stored = await readJsonAs(file, storedSchema, `the record of the study ${powerStudyName}`);
  return {
    ...stored,
    features: stored.features.map(([name, effect, ...found]) => ({ name, effect, found })),
    shares: stored.shares.map(([patients, effects, method, share, error, any]) => ({
      patients,
      effects,
      method,
      share,
      error: error ?? NaN,
      any,
    })),
  };
}
