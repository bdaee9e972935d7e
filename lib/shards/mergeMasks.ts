/** The table of masks that several tasks predicted. */
import path from 'node:path';
import { expected } from '../errors.ts';
import { formatCsv } from '../io/csv.ts';
import { keepText, sha256File } from '../io/files.ts';
import { insideFolder } from '../io/insideFolder.ts';
import { readRecord } from '../predict/record.ts';
import { inListOrder, type ShardRecord } from './shardRecord.ts';

/**
 * Writes `predictions.csv`: a row for each mask with its size and how many warnings stand in its record. Throws a
 * UserError for a case without a record, and for a mask that is gone or not as it was written.
 */
export async function mergeMasks(folder: string, shards: readonly ShardRecord[]): Promise<string[]> {
  const failed = new Set(shards.flatMap((shard) => shard.failed.map(({ id }) => id)));
  const rows = [];
  for (const id of inListOrder(shards.map(({ cases }) => cases)).filter((one) => !failed.has(one))) {
    const file = path.join(folder, `${id}.json`);
    const { outputs, voxels, pancreasMl, warnings = [] } = await readRecord(file);
    for (const [name, sum] of Object.entries(outputs)) {
      const place = insideFolder(folder, name, file);
      const found = await sha256File(place).catch(() => undefined);
      if (found !== sum) throw expected(`the mask of ${id} as it was written`, found ? 'another' : 'none', place);
    }
    rows.push([id, voxels, pancreasMl ?? null, warnings.length]);
  }
  const table = path.join(folder, 'predictions.csv');
  await keepText(table, formatCsv([['case', 'voxels', 'pancreas_ml', 'warnings'], ...rows]));
  return [table];
}
