/**
 * What a task on one shard of a long list leaves behind, `shards/<I>-of-<N>.json` in the folder that the shards share:
 * which cases it was to do and which failed. Written last and by this task alone, so it stands for a finished shard.
 */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { expected } from '../errors.ts';
import { writeJson } from '../io/files.ts';
import { ownPlace } from '../io/insideFolder.ts';
import {
  anything,
  atLeastOne,
  choice,
  exactly,
  list,
  natural,
  object,
  oneLine,
  optional,
  readJsonIfGood,
  type Shape,
  text,
} from '../io/schema.ts';

/** The commands whose shards are merged; a cross-validation sums its folds up itself. */
const shardedCommands = ['preprocess', 'predict', 'evaluate', 'radiomics'] as const;
export type ShardedCommand = (typeof shardedCommands)[number];

/** The record of a shard. */
export type ShardRecord = Shape<typeof shardSchema>;
const shardSchema = object({
  version: exactly(1),
  command: choice(shardedCommands),
  /** From 1 to `of`. */
  shard: atLeastOne,
  of: atLeastOne,
  /** How many cases all shards have together. */
  total: natural,
  /** The shard's own, in the order of the list. */
  cases: list(oneLine),
  failed: list(object({ id: oneLine, reason: text })),
  /** Why the task ended before its last case; absent where it did not. */
  error: optional(text),
  /** Options that all shards must have alike. */
  shared: anything,
  /** What merging needs beside the files of the cases; absent where that is nothing. */
  result: optional(anything),
});

/** What a command says of a shard that it has worked off. */
export type ShardWork = Omit<ShardRecord, 'version' | 'command' | 'shard' | 'of' | 'error'>;

/** Which shard of how many, from 1, and of which command. */
export type ShardName = Pick<ShardRecord, 'command' | 'shard' | 'of'>;

const nameOf = ({ shard, of }: Pick<ShardName, 'shard' | 'of'>): string => `${shard}-of-${of}`;

/** The folder of the records. Throws a UserError where it is a link that leads out of `folder`. */
export const shardsFolder = (folder: string): string => ownPlace(folder, 'shards');

export const shardFile = (folder: string, name: Pick<ShardName, 'shard' | 'of'>): string =>
  path.join(shardsFolder(folder), `${nameOf(name)}.json`);

/** The note of who works on a shard. */
export const shardNote = (folder: string, name: Pick<ShardName, 'shard' | 'of'>): string =>
  path.join(shardsFolder(folder), `${nameOf(name)}.pid`);

export const writeShard = (folder: string, name: ShardName, work: ShardWork): Promise<void> =>
  writeJson(shardFile(folder, name), { version: 1, ...name, ...work });

/** Notes that a task ended before its last case. */
export const writeFailedShard = (folder: string, name: ShardName, error: string): Promise<void> =>
  writeJson(shardFile(folder, name), { version: 1, ...name, total: 0, cases: [], failed: [], error, shared: null });

/** The record of a shard; undefined where there is none that can be read. */
export async function readShard(
  folder: string,
  name: Pick<ShardName, 'shard' | 'of'>,
): Promise<ShardRecord | undefined> {
  const record = await readJsonIfGood(shardFile(folder, name), shardSchema);
  return record?.shard === name.shard && record.of === name.of ? record : undefined;
}

/**
 * How many shards a folder was parted into, by the names of records and notes in it; undefined where there are none.
 * Throws a UserError where they were parted in several ways, of which one is left over.
 */
export async function shardCount(folder: string): Promise<number | undefined> {
  const names = await readdir(shardsFolder(folder)).catch(() => []);
  const counts = new Set(names.flatMap((name) => /^\d+-of-(\d+)\.(?:json|pid)$/.exec(name)?.[1] ?? []).map(Number));
  if (counts.size < 2) return [...counts][0];
  const found = [...counts].sort((a, b) => a - b).join(' and of ');
  throw expected('the shards of one number of them (remove those left over)', `some of ${found}`, shardsFolder(folder));
}

/** The items of all shards in the order of the list that was parted. */
export function inListOrder<T>(shards: readonly (readonly T[])[]): T[] {
  const longest = Math.max(0, ...shards.map(({ length }) => length));
  return Array.from({ length: longest }, (_, j) => shards.flatMap((shard) => shard.slice(j, j + 1))).flat();
}
