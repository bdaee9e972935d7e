/** The table of radiomics features that several tasks took. */
import { isSameJson } from '../checks.ts';
import { expected } from '../errors.ts';
import { checkShape, dictionary, list, object, oneLine, readJsonAs, text } from '../io/schema.ts';
import { recordFile, writeFeatureTable } from '../radiomics/cohort.ts';
import { type RadiomicsRecord, recordSchema } from '../radiomics/record.ts';
import { inListOrder, type ShardRecord, shardsFolder } from './shardRecord.ts';

const rowsSchema = list(object({ id: oneLine, others: dictionary(text) }));

/** Settings but for the label, which a row may have of its own. */
const settingsOf = ({ made }: RadiomicsRecord): object => ({ ...made.settings, label: 0 });

/** Writes `features.csv`. Throws a UserError for a case without a record, or with one of other settings. */
export async function mergeFeatures(folder: string, shards: readonly ShardRecord[]): Promise<string[]> {
  const place = shardsFolder(folder);
  const rows = inListOrder(shards.map(({ result }) => checkShape(result, rowsSchema, place, 'the rows of a shard')));
  const failed = new Set(shards.flatMap((shard) => shard.failed.map(({ id }) => id)));
  const records = new Map<string, RadiomicsRecord>();
  for (const { id } of rows.filter((row) => !failed.has(row.id)))
    records.set(id, await readJsonAs(recordFile(folder, id), recordSchema, `the features of ${id}`));
  const all = [...records];
  const other = all.find(([, record]) => !isSameJson(settingsOf(record), settingsOf(all[0]![1])));
  if (other) throw expected('features of the same settings', `others of ${other[0]}`, folder);
  return [await writeFeatureTable(folder, rows, records)];
}
