/** The manifest of slices that several tasks made. */
import { isSameJson } from '../checks.ts';
import { expected } from '../errors.ts';
import { checkShape } from '../io/schema.ts';
import { manifestHeadSchema } from '../preprocess/manifest.ts';
import { type CaseRecord, isComplete, readCaseRecord } from '../preprocess/sliceFiles.ts';
import { writeManifest } from '../preprocess/slices.ts';
import { inListOrder, type ShardRecord, shardsFolder } from './shardRecord.ts';

/** Writes `manifest.json`. Throws a UserError for a case whose record or files are not there or of other parameters. */
export async function mergeSlices(folder: string, shards: readonly ShardRecord[]): Promise<string[]> {
  const head = checkShape(shards[0]!.shared, manifestHeadSchema, shardsFolder(folder), 'what shards say of slices');
  const failed = new Map(shards.flatMap((shard) => shard.failed.map(({ id, reason }) => [id, reason] as const)));
  const ids = inListOrder(shards.map(({ cases }) => cases));
  const records: CaseRecord[] = [];
  for (const id of ids.filter((one) => !failed.has(one))) {
    const record = await readCaseRecord(folder, id);
    if (!record || !(await isComplete(folder, record)))
      throw expected('the slices of every case', `none, or not all, of ${id}`, folder);
    records.push(record);
  }
  const parametersOf = ({ made }: { made: unknown }): unknown => (made as { parameters?: unknown }).parameters;
  const other = records.find((record) => !isSameJson(parametersOf(record), parametersOf(records[0]!)));
  if (other) throw expected('slices of the same parameters', `others of ${other.entry.id}`, folder);
  return [
    await writeManifest(folder, {
      ...head,
      slices: records.flatMap(({ slices }) => slices),
      cases: records.map(({ entry }) => entry),
      failed: ids.flatMap((id) => (failed.has(id) ? [{ id, reason: failed.get(id)! }] : [])),
      pending: [],
    }),
  ];
}
