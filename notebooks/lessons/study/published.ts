/** Eight published networks on 24 pancreas cases, scored once and recorded: nothing is trained. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { openMasks } from 'axunet/dataset/masks';
import { findDataset } from 'axunet/dataset/registry';
import { UserError } from 'axunet/errors';
import { evaluateFiles } from 'axunet/evaluate/files';
import type { Metric } from 'axunet/evaluate/metrics';
import { pairAuthors } from 'axunet/evaluate/pairs';
import { codeVersion } from 'axunet/figures/saveFigure';
import { writeFileAtomic } from 'axunet/io/files';
import { dictionary, exactly, list, natural, object, optional, readJsonAs, type Schema, text } from 'axunet/io/schema';
import { startProgress } from 'axunet/progress';
import type { PatientValues } from './compare.ts';
import {
  type CaseRow,
  caseRowsSchema,
  caseToRow,
  caseValue,
  metricsSchema,
  recordedMetrics,
  recordFile,
  recordsFolder,
  recordText,
  rowToCase,
  type StudyCase,
  versionSchema,
} from './record.ts';

export const publishedName = 'published-networks';

export interface PublishedRecord {
  readonly study: typeof publishedName;
  readonly title: string;
  readonly command: string;
  readonly source: string;
  readonly version: { readonly package: string; readonly commit?: string };
  readonly networks: readonly { readonly name: string; readonly cases: readonly StudyCase[] }[];
  /** Voxels of each case's whole scan and of its reference, where the set tells the scan's size. */
  readonly foreground?: readonly { readonly id: string; readonly voxels: number; readonly pancreas: number }[];
}

interface StoredRecord extends Omit<PublishedRecord, 'networks'> {
  readonly metrics: readonly Metric[];
  readonly networks: readonly { readonly name: string; readonly cases: readonly CaseRow[] }[];
}

const storedSchema: Schema<StoredRecord> = object({
  study: exactly(publishedName),
  title: text,
  command: text,
  source: text,
  version: versionSchema,
  metrics: metricsSchema,
  networks: list(object({ name: text, cases: caseRowsSchema })),
  foreground: optional(list(object({ id: text, voxels: natural, pancreas: natural }))),
});

const caseTableSchema = dictionary(object({ full_shape: list(natural), nvox_gt: natural }));

/** Share of the pancreas in whole scans: the masks are cropped, `cases.json` beside them knows the scans' sizes. */
async function foregroundOf(folder: string): Promise<PublishedRecord['foreground']> {
  const table = path.join(folder, 'cases.json');
  if (!existsSync(table)) return undefined;
  return Object.entries(await readJsonAs(table, caseTableSchema)).map(
    ([id, { full_shape: shape, nvox_gt: pancreas }]) => ({
      id,
      voxels: shape.reduce((a, b) => a * b, 1),
      pancreas,
    }),
  );
}

/** Scores all masks of the set and writes the record. Throws, naming them, when cases could not be scored. */
export async function recordPublished(folder?: string): Promise<PublishedRecord> {
  const set = openMasks('segloss-odyssey-pancreas', folder);
  const authors = pairAuthors(set);
  const total = authors.reduce((sum, { pairs }) => sum + pairs.length, 0);
  const progress = startProgress('masks', total);
  const networks: { name: string; cases: StudyCase[] }[] = [];
  let done = 0;
  for (const one of authors) {
    const { name, cases, failed } = await evaluateFiles(
      one,
      { reference: { labelMap: set.labelMap }, prediction: { labelMap: set.labelMap } },
      (_, __, note) => progress.update(++done, note),
    );
    if (failed.length)
      throw new UserError(`Not scored: ${failed.map(({ id, reason }) => `${name} ${id} (${reason})`).join(', ')}`);
    networks.push({ name, cases: [...cases] });
  }
  progress.finish();
  const entry = findDataset(set.dataset)!;
  const record: PublishedRecord = {
    study: publishedName,
    title: 'Eight published networks',
    command: `npm run study -- ${publishedName}`,
    source: `${entry.title}: ${entry.citation} (${entry.licence})`,
    version: codeVersion(),
    networks,
    foreground: await foregroundOf(set.folder),
  };
  const stored = networks.map(({ name, cases }) => ({
    name,
    cases: cases.map((each) => caseToRow(each, recordedMetrics)),
  }));
  await writeFileAtomic(
    recordFile(publishedName),
    `${recordText({ ...record, metrics: recordedMetrics, networks: stored })}\n`,
  );
  return record;
}

/** The record; undefined where none was made. */
export async function readPublished(records = recordsFolder): Promise<PublishedRecord | undefined> {
  const file = recordFile(publishedName, records);
  if (!existsSync(file)) return undefined;
  const what = `the record of the study ${publishedName}`;
  const { metrics, ...record } = await readJsonAs(file, storedSchema, what);
  return {
    ...record,
    networks: record.networks.map(({ name, cases }) => ({ name, cases: cases.map((row) => rowToCase(row, metrics)) })),
  };
}

/** One metric of every case, network by network; a missing distance counts as the diagonal of the image. */
export const publishedValues = ({ networks }: PublishedRecord, metric: Metric): PatientValues[] =>
  networks.map(({ name, cases }) => ({
    name,
    values: Object.fromEntries(cases.map((one) => [one.id, caseValue(metric, one)])),
  }));
