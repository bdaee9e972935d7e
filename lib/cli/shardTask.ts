/**
 * The work of a command as a task on a shard: held against a second one, recorded when it is over, and stopped by a
 * signal with the exit code that schedulers start again.
 */
import { rm } from 'node:fs/promises';
import { messageOf, sentenceFor } from '../errors.ts';
import { takeLease } from '../io/lease.ts';
import { makeFolder } from '../io/writable.ts';
import {
  type ShardedCommand,
  type ShardName,
  type ShardWork,
  shardFile,
  shardNote,
  shardsFolder,
  writeFailedShard,
  writeShard,
} from '../shards/shardRecord.ts';
import { EX_TEMPFAIL } from '../train/signals.ts';
import type { Shard } from './options/shard.ts';

interface ShardCall {
  readonly out: string;
  readonly shard: Shard | undefined;
  readonly takeOver: boolean;
}

/** Ends the process at a signal: cases are whole or absent at any moment, so nothing has to be waited for. */
function endAtSignal(command: string, onEnd: () => void): () => void {
  const names = ['SIGINT', 'SIGTERM'] as const;
  const end = (signal: NodeJS.Signals): void => {
    onEnd();
    console.error(
      `\naxunet ${command}: stopped by ${signal}; cases that are complete are kept, start it again to go on`,
    );
    process.exit(EX_TEMPFAIL);
  };
  for (const name of names) process.on(name, end);
  return () => names.forEach((name) => process.off(name, end));
}

/** Works off a shard, or all cases where there is none; the exit code: 1 when a case failed. */
export async function asShardTask(
  command: ShardedCommand,
  { out, shard, takeOver }: ShardCall,
  work: () => Promise<ShardWork>,
): Promise<number> {
  if (!shard) return (await work()).failed.length > 0 ? 1 : 0;
  const name: ShardName = { command, shard: shard.index + 1, of: shard.count };
  await makeFolder(shardsFolder(out));
  const onWait = (message: string): void => console.error(`axunet ${command}: ${message}`);
  const wanted = `shard ${name.shard}/${name.of} of ${out} at which nobody else works`;
  const lease = await takeLease(shardNote(out, name), { wanted, takeOver, onWait });
  const stopListening = endAtSignal(command, () => lease.release());
  try {
    await rm(shardFile(out, name), { force: true }); // what is worked on has no result until it went through
    const done = await work();
    lease.assertHeld();
    await writeShard(out, name, done);
    return done.failed.length > 0 ? 1 : 0;
  } catch (error) {
    // where even that cannot be written the shard is missing, and the error is told
    await writeFailedShard(out, name, sentenceFor(error) ?? messageOf(error)).catch(() => undefined);
    throw error;
  } finally {
    stopListening();
    lease.release();
  }
}
