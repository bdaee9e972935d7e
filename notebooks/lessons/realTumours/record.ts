/** The record of the study `real-tumours`: what the notebook shows of it. Of patients it holds groups alone. */
import { existsSync } from 'node:fs';
import { writeFileAtomic } from 'axunet/io/files';
import {
  choice,
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
} from 'axunet/io/schema';
import type { FoundCounts } from 'axunet/statistics/compareFeatures';
import { recordFile, recordsFolder, recordText, versionSchema } from '../study/record.ts';
import type { Chance, ComparedFeature } from './compare.ts';
import type { Source } from './crops.ts';

export const realTumoursName = 'real-tumours';
export const realTumoursTitle = 'Real tumours (MSD) against real normals (NIH): what differs';

/** What both sources ask for wherever their data are shown. */
export const realTumoursSource =
  'Crops of CT slices: Medical Segmentation Decathlon, Task07 Pancreas (Antonelli et al. 2022, ' +
  'doi 10.1038/s41467-022-30695-9, CC BY-SA 4.0), with a tumour; NIH Pancreas-CT (Roth et al. 2016, ' +
  'doi 10.7937/K9/TCIA.2016.tNB1kqBU, CC BY 3.0), without';

/** How many features one comparison finds; those of the mixed model have no Mann-Whitney. */
export interface FoundIn {
  /** What is compared, in the words of the figure. */
  readonly name: string;
  /** Features of the whole box or of the expert's mask. */
  readonly part: 'box' | 'mask';
  /** Whether a tumour differs between the groups. */
  readonly kind: 'tumour' | 'control';
  readonly n: readonly [number, number];
  readonly found: Omit<FoundCounts, 'mannWhitney'> & { readonly mannWhitney?: number };
  /** Where patients are the units: what shuffled labels find. */
  readonly chance?: Chance;
}

/** A feature of the paper's comparison, patients as units (median of the slices). */
export interface RecordedFeature extends ComparedFeature {
  /** By the mixed model, and the share of the variance that is between patients; missing where it tells nothing. */
  readonly mixedP?: number;
  readonly icc?: number;
}

export interface RealTumoursRecord {
  readonly study: typeof realTumoursName;
  readonly title: string;
  readonly command: string;
  readonly source: string;
  readonly node: string;
  readonly version: { readonly package: string; readonly commit?: string };
  readonly made: { readonly features: number; readonly table: number };
  readonly seed: number;
  readonly people: readonly {
    readonly source: Source;
    readonly patients: number;
    readonly slices: number;
    readonly patientsWithMask: number;
    readonly masks: number;
  }[];
  /** What is known of scan and crop, tumour against none, each over the patients of whom it is known. */
  readonly acquisition: readonly (ComparedFeature & { readonly n: readonly [number, number] })[];
  readonly comparisons: readonly FoundIn[];
  readonly features: { readonly box: readonly RecordedFeature[]; readonly mask: readonly RecordedFeature[] };
  /** Features of the box that no control finds, of those found after Benjamini-Hochberg. */
  readonly left: readonly string[];
}

/** The numbers of a feature, in this order behind its name. */
const numbersOf = (f: RecordedFeature): (number | null)[] => [
  ...[f.means[0], f.sds[0], f.means[1], f.sds[1], f.g, ...f.gInterval, f.delta],
  ...[f.welchP, f.mannWhitneyP, f.bhP, f.holmP, f.mixedP ?? null, f.icc ?? null],
];
const featureColumns = [
  ...['feature', 'mean', 'sd', 'mean of the others', 'sd of the others', "Hedges' g", 'from', 'to', "Cliff's delta"],
  ...['p Welch', 'p Mann-Whitney', 'p BH', 'p Holm', 'p mixed model', 'ICC'],
];

type FeatureRow = readonly [feature: string, ...numbers: (number | null)[]];
const round = (value: number | null): number | null => (value === null ? null : Number(value.toPrecision(5)));

const toRow = (one: RecordedFeature): FeatureRow => [one.feature, ...numbersOf(one).map(round)];
function fromRow([feature, ...numbers]: FeatureRow): RecordedFeature {
  const [mean1, sd1, mean2, sd2, g, low, high, delta, welchP, mannWhitneyP, bhP, holmP, mixedP, icc] = numbers.map(
    (value) => value ?? NaN,
  ) as [number, ...number[]] & number[];
  return {
    feature,
    means: [mean1, mean2!],
    sds: [sd1!, sd2!],
    g: g!,
    gInterval: [low!, high!],
    delta: delta!,
    welchP: welchP!,
    mannWhitneyP: mannWhitneyP!,
    bhP: bhP!,
    holmP: holmP!,
    ...(Number.isFinite(mixedP) && { mixedP }),
    ...(Number.isFinite(icc) && { icc }),
  };
}

interface StoredRecord extends Omit<RealTumoursRecord, 'acquisition' | 'features'> {
  readonly columns: readonly string[];
  readonly acquisition: readonly { readonly n: readonly [number, number]; readonly values: FeatureRow }[];
  readonly features: { readonly box: readonly FeatureRow[]; readonly mask: readonly FeatureRow[] };
}

const groupSizes = tuple([natural, natural]);
const featureRow = row([text], nullable(realNumber)) as unknown as Schema<FeatureRow>;
const sources = choice(['MSD', 'NIH']);

const foundSchema = object({
  name: text,
  part: choice(['box', 'mask']),
  kind: choice(['tumour', 'control']),
  n: groupSizes,
  found: object({
    compared: natural,
    welch: natural,
    mannWhitney: optional(natural),
    bh: natural,
    holm: natural,
  }),
  chance: optional(object({ shuffles: natural, median: realNumber, p95: realNumber, most: natural })),
});

const storedSchema = object({
  study: exactly(realTumoursName),
  title: text,
  command: text,
  source: text,
  node: text,
  version: versionSchema,
  made: object({ features: natural, table: natural }),
  seed: natural,
  people: list(
    object({ source: sources, patients: natural, slices: natural, patientsWithMask: natural, masks: natural }),
  ),
  columns: list(text),
  acquisition: list(object({ n: groupSizes, values: featureRow })),
  comparisons: list(foundSchema),
  features: object({ box: list(featureRow), mask: list(featureRow) }),
  left: list(text),
}) as unknown as Schema<StoredRecord>;

/** Writes the record, the old one being replaced at once; numbers of features keep five digits. */
export async function writeRealTumours(record: RealTumoursRecord, records = recordsFolder): Promise<void> {
  const { acquisition, features, ...rest } = record;
  const stored: StoredRecord = {
    ...rest,
    columns: featureColumns,
    acquisition: acquisition.map(({ n, ...one }) => ({ n, values: toRow(one) })),
    features: { box: features.box.map(toRow), mask: features.mask.map(toRow) },
  };
  await writeFileAtomic(recordFile(realTumoursName, records), `${recordText(stored)}\n`);
}

/** The record; undefined where none was made. Throws on one that is no record of this study. */
export async function readRealTumours(records = recordsFolder): Promise<RealTumoursRecord | undefined> {
  const file = recordFile(realTumoursName, records);
  if (!existsSync(file)) return undefined;
  const what = `the record of the study ${realTumoursName}`;
  const { columns: _, acquisition, features, ...rest } = await readJsonAs(file, storedSchema, what);
  return {
    ...rest,
    acquisition: acquisition.map(({ n, values }) => ({ n, ...fromRow(values) })),
    features: { box: features.box.map(fromRow), mask: features.mask.map(fromRow) },
  };
}
