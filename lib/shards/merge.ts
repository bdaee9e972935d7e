/** The results of all shards of a folder put together; refused while anything is missing. */
import path from 'node:path';
import { firstDifference } from '../checks.ts';
import { cleanText, expected, UserError } from '../errors.ts';
import { sha256, writeJson } from '../io/files.ts';
import { object, readJsonIfGood, text } from '../io/schema.ts';
import { mergeFeatures } from './mergeFeatures.ts';
import { mergeMasks } from './mergeMasks.ts';
import { mergeScores } from './mergeScores.ts';
import { mergeSlices } from './mergeSlices.ts';
import { readShard, type ShardedCommand, type ShardRecord, shardCount, shardsFolder } from './shardRecord.ts';

/** Puts shards together that are complete and made alike; the files that it writes. Throws for what is missing. */
export type Merger = (folder: string, shards: readonly ShardRecord[]) => Promise<string[]>;

const mergers: Readonly<Record<ShardedCommand, Merger>> = {
  preprocess: mergeSlices,
  predict: mergeMasks,
  evaluate: mergeScores,
  radiomics: mergeFeatures,
};

/** What a merge made of a folder. */
export interface Merged {
  readonly command: ShardedCommand;
  readonly shards: number;
  readonly cases: number;
  /** Cases without a result, where they were allowed. */
  readonly failed: readonly { readonly id: string; readonly reason: string }[];
  readonly files: readonly string[];
}

/** At most so many are named in one sentence. */
const mostNamed = 5;

function named(items: readonly string[]): string {
  const more = items.length - mostNamed;
  return items.slice(0, mostNamed).join('; ') + (more > 0 ? `; and ${more} more` : '');
}

/** What a shard lacks, in words; none for a whole one. */
function gapsOf({ shard, error, failed }: ShardRecord, allowFailed: boolean): string[] {
  if (error !== undefined) return [`shard ${shard} failed: ${cleanText(error)}`];
  return allowFailed ? [] : failed.map(({ id, reason }) => `case ${cleanText(id)} failed: ${cleanText(reason)}`);
}

/** The records of all shards. Throws a UserError that names what is missing, failed or made otherwise. */
async function readAll(folder: string, allowFailed: boolean): Promise<ShardRecord[]> {
  const of = await shardCount(folder);
  if (of === undefined) throw expected('a folder in which shards were made (--shard I/N)', 'no shards/', folder);
  const found: ShardRecord[] = [];
  const gaps: string[] = [];
  for (let shard = 1; shard <= of; shard++) {
    const record = await readShard(folder, { shard, of });
    if (record) found.push(record);
    gaps.push(...(record ? gapsOf(record, allowFailed) : [`shard ${shard} is missing`]));
  }
  if (gaps.length > 0) throw expected(`all ${of} shards complete`, named(gaps), folder);
  const [first, ...others] = found as [ShardRecord, ...ShardRecord[]];
  for (const other of others) {
    const [a, b] = [first, other].map(({ command, total, shared }) => ({ command, total, options: shared }));
    const difference = firstDifference(a, b);
    if (difference)
      throw new UserError(
        `Expected shards that were made alike, found another ${difference} in shards 1 and ${other.shard} of ${folder}`,
      );
  }
  const cases = found.reduce((sum, record) => sum + record.cases.length, 0);
  if (cases !== first.total) throw expected(`${first.total} cases in all shards`, `${cases}`, folder);
  return found;
}

const mergedFile = (folder: string): string => path.join(shardsFolder(folder), 'merged.json');
const sumOf = (shards: readonly ShardRecord[]): string => sha256(JSON.stringify(shards));

/**
 * Merges the shards of a folder: slices get their manifest, features and masks their table, scores their report. With
 * `allowFailed` cases that failed are left out, named. Throws a UserError that names shards that are missing, cases
 * that failed, files that are gone or changed, and options in which shards differ.
 */
export async function mergeShards(folder: string, { allowFailed = false } = {}): Promise<Merged> {
  const shards = await readAll(folder, allowFailed);
  const { command, total } = shards[0]!;
  const files = await mergers[command](folder, shards);
  await writeJson(mergedFile(folder), { sha256: sumOf(shards) });
  const failed = shards.flatMap((shard) => shard.failed);
  return { command, shards: shards.length, cases: total - new Set(failed.map(({ id }) => id)).size, failed, files };
}

/** Whether the shards that lie in the folder now are those that were merged last. */
export async function isMerged(folder: string, shards: readonly ShardRecord[]): Promise<boolean> {
  const merged = await readJsonIfGood(mergedFile(folder), object({ sha256: text }));
  return merged?.sha256 === sumOf(shards);
}
