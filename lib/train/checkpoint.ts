/**
 * Checkpoints that survive a kill, a torn write and a full disk.
 *
 * A checkpoint is a folder: `checkpoint.json` (what the run was doing, and the names and shapes of the arrays), one
 * `<name>.bin` per group of arrays (float32, little-endian, one after the other) and `SHA256SUMS` over all of them,
 * which `sha256sum -c` understands. It is written under a temporary name, flushed to the disk and then renamed, so
 * a folder named `last` or `best` is always complete. The one before is kept (`previous`, `best-previous`) and
 * is used, with a message, where the newer one no longer matches its checksums.
 */
import { createHash } from '#system/crypto';
import { createReadStream, existsSync } from '#system/fs';
import { mkdir, open, readdir, rename, rm, stat } from '#system/fsPromises';
import path from '#system/path';
import { expected, messageOf, systemReason, UserError } from '../errors.ts';
import { bytesOf } from '../io/bytes.ts';
import { readBytes, sha256, syncFolder } from '../io/files.ts';
import { insideFolder } from '../io/insideFolder.ts';
import {
  anything,
  checkShape,
  dictionary,
  exactly,
  list,
  natural,
  object,
  parseJson,
  type Schema,
  type Shape,
  text,
} from '../io/schema.ts';
import type { NamedArrays } from '../step/step.ts';

/** What a checkpoint holds: a description as JSON and named arrays by part. */
export interface Checkpoint<Meta = unknown> {
  /** Anything that JSON keeps. */
  readonly meta: Meta;
  /** Groups of arrays; each becomes one `<group>.bin`. */
  readonly arrays: Readonly<Record<string, NamedArrays>>;
}

/** The checkpoint after the latest epoch or signal, and that of the best validation. */
export type CheckpointSlot = 'last' | 'best';
/** Where a slot's newest and second newest checkpoint lie in the run folder. */
export const slotFolders: Readonly<Record<CheckpointSlot, readonly [string, string]>> = {
  last: ['last', 'previous'],
  best: ['best', 'best-previous'],
};

const checkpointSchema = object({
  format: exactly(1),
  meta: anything,
  index: dictionary(list(object({ name: text, shape: list(natural) }))),
});

type Index = Shape<typeof checkpointSchema>['index'];

const indexFile = 'checkpoint.json';
const sumsFile = 'SHA256SUMS';
/** The description and the names of a few hundred arrays take a hundredth of it. */
const longestIndex = 2 ** 24;
const temporaryPrefix = '.saving-';
const lengthOf = (shape: readonly number[]): number => shape.reduce((product, side) => product * side, 1);
const sumLine = (hash: string, file: string): string => `${hash}  ${file}\n`;

/** Writes the parts one after the other, flushes them to the disk and returns their SHA-256. */
async function writeFlushed(file: string, parts: Iterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256');
  const handle = await open(file, 'wx');
  try {
    for (const part of parts) {
      await handle.writeFile(part);
      hash.update(part);
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  return hash.digest('hex');
}

async function writeContent(folder: string, { meta, arrays }: Checkpoint): Promise<void> {
  const index: Record<string, Index[string]> = {};
  let sums = '';
  for (const [group, named] of Object.entries(arrays)) {
    index[group] = Object.entries(named).map(([name, { shape, data }]) => {
      if (data.length !== lengthOf(shape))
        throw expected(`${lengthOf(shape)} values for ${name} [${shape}]`, `${data.length}`);
      return { name, shape };
    });
    sums += sumLine(
      await writeFlushed(
        path.join(folder, `${group}.bin`),
        Object.values(named).map(({ data }) => bytesOf(data)),
      ),
      `${group}.bin`,
    );
  }
  const text = `${JSON.stringify({ format: 1, meta, index }, null, 1)}\n`;
  sums = sumLine(await writeFlushed(path.join(folder, indexFile), [Buffer.from(text)]), indexFile) + sums;
  await writeFlushed(path.join(folder, sumsFile), [Buffer.from(sums)]);
  await syncFolder(folder);
}

/** True where a write failed because the disk, or the user's share of it, is full. */
const isDiskFull = (error: unknown): boolean => ['ENOSPC', 'EDQUOT'].includes((error as { code?: string }).code ?? '');

/** Turns a failed write under the run folder into one sentence for the user; other errors pass unchanged. */
export function explainRunWriteError(error: unknown, what: string, runFolder: string): unknown {
  if ((error as { code?: string }).code === undefined) return error;
  const reason = isDiskFull(error) ? 'there is no space left on the disk' : (systemReason(error) ?? messageOf(error));
  return new UserError(
    `Could not write ${what} in ${runFolder}: ${reason}; ` +
      'the last good checkpoint is kept, so free some space or mend the cause, then resume',
  );
}

/**
 * Saves into `<runFolder>/<slot>` and keeps the one that was there as the slot's second folder.
 * When anything fails, what was there before stays untouched and a UserError says why.
 */
export async function saveCheckpoint(runFolder: string, slot: CheckpointSlot, checkpoint: Checkpoint): Promise<void> {
  const [newest, older] = slotFolders[slot].map((name) => path.join(runFolder, name)) as [string, string];
  const temporary = path.join(runFolder, `${temporaryPrefix}${slot}`);
  try {
    await rm(temporary, { recursive: true, force: true }); // left over from a killed process
    await mkdir(temporary, { recursive: true });
    await writeContent(temporary, checkpoint);
    if (await stat(newest).catch(() => undefined)) {
      await rm(older, { recursive: true, force: true });
      await rename(newest, older);
    }
    await rename(temporary, newest);
    await syncFolder(runFolder);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true }).catch(() => undefined);
    throw explainRunWriteError(error, `the checkpoint "${slot}"`, runFolder);
  }
}

/** The arrays of one group lie in one piece of memory, as they do in the file. */
async function readGroup(file: string, entries: Index[string]): Promise<{ arrays: NamedArrays; hash: string }> {
  const length = entries.reduce((sum, { shape }) => sum + lengthOf(shape), 0);
  const { size } = await stat(file);
  if (size !== 4 * length) throw expected(`${4 * length} bytes`, `${size}`, file);
  const all = new Float32Array(length);
  const target = bytesOf(all);
  const hash = createHash('sha256');
  let at = 0;
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 }) as AsyncIterable<Uint8Array>) {
    target.set(chunk, at);
    hash.update(chunk);
    at += chunk.length;
  }
  const arrays: NamedArrays = {};
  let next = 0;
  for (const { name, shape } of entries)
    arrays[name] = { shape: [...shape], data: all.subarray(next, (next += lengthOf(shape))) };
  return { arrays, hash: hash.digest('hex') };
}

/**
 * Reads one checkpoint folder and checks every byte of it against `SHA256SUMS`.
 * Throws a UserError naming the file when anything is missing, shorter, longer or different, or the description does
 * not fit `metaSchema`.
 */
export async function readCheckpoint<Meta = unknown>(
  folder: string,
  metaSchema: Schema<Meta> = anything as Schema<Meta>,
): Promise<Checkpoint<Meta>> {
  const file = (name: string): string => path.join(folder, name);
  const missing =
    (name: string) =>
    (error: unknown): never => {
      throw error instanceof UserError ? error : expected(`the file ${name}`, messageOf(error), folder);
    };
  const read = (name: string): Promise<Buffer> => readBytes(file(name), 'a file of a checkpoint', longestIndex);
  const sums = (await read(sumsFile)).toString('latin1');
  const indexBytes = await read(indexFile);
  let seen = sumLine(sha256(indexBytes), indexFile);
  if (!sums.startsWith(seen)) throw expected(`the checksum in ${sumsFile}`, 'another one', file(indexFile));
  const content = parseJson(indexBytes.toString(), file(indexFile));
  const { meta, index } = checkShape(content, checkpointSchema, file(indexFile), 'the index of a checkpoint');
  checkShape({ meta }, object({ meta: metaSchema }), file(indexFile), 'the index of a checkpoint');
  const arrays: Record<string, NamedArrays> = {};
  for (const [group, entries] of Object.entries(index)) {
    const name = `${group}.bin`;
    insideFolder(folder, name, file(indexFile));
    const { arrays: found, hash } = await readGroup(file(name), entries).catch(missing(name));
    seen += sumLine(hash, name);
    if (!sums.startsWith(seen)) throw expected(`the checksum in ${sumsFile}`, 'another one', file(name));
    arrays[group] = found;
  }
  if (sums !== seen) throw expected(`${seen.length} bytes of checksums`, `${sums.length}`, file(sumsFile));
  return { meta: meta as Meta, arrays };
}

/** One group of a checkpoint's arrays. Throws a UserError where the checkpoint has none of that name. */
export function groupOf(
  { arrays, folder }: Pick<Checkpoint, 'arrays'> & { folder: string },
  group: string,
): NamedArrays {
  const found = arrays[group];
  if (!found) throw expected(`arrays "${group}"`, `only ${Object.keys(arrays).join(', ') || 'none'}`, folder);
  return found;
}

/** Whether a run has ever saved where it stands. */
export const hasCheckpoint = (runFolder: string): boolean =>
  slotFolders.last.some((name) => existsSync(path.join(runFolder, name)));

/** The slot's own name where one of its checkpoints is whole. */
async function wholeSlot<Meta>(
  runFolder: string,
  slot: CheckpointSlot,
  metaSchema?: Schema<Meta>,
): Promise<CheckpointSlot | undefined> {
  for (const name of slotFolders[slot]) {
    const found = await readCheckpoint(path.join(runFolder, name), metaSchema).catch(() => undefined);
    if (found) return slot;
  }
  return undefined;
}

/**
 * The newest checkpoint of a slot that is whole, with its folder; undefined where the slot was never saved.
 * Each damaged one that is passed over is reported to `warn`; throws when there are only damaged ones, naming the
 * other slot where that is whole.
 */
export async function readNewestCheckpoint<Meta = unknown>(
  runFolder: string,
  slot: CheckpointSlot,
  warn: (message: string) => void = console.warn,
  metaSchema?: Schema<Meta>,
): Promise<(Checkpoint<Meta> & { folder: string }) | undefined> {
  const present = new Set(await readdir(runFolder).catch(() => []));
  const folders = slotFolders[slot].filter((name) => present.has(name)).map((name) => path.join(runFolder, name));
  const problems: string[] = [];
  for (const folder of folders) {
    try {
      return { ...(await readCheckpoint<Meta>(folder, metaSchema)), folder };
    } catch (error) {
      problems.push(messageOf(error));
      warn(`Skipped the damaged checkpoint ${folder}: ${messageOf(error)}`);
    }
  }
  if (problems.length === 0) return undefined;
  const other = await wholeSlot(runFolder, slot === 'best' ? 'last' : 'best', metaSchema);
  const advice = other ? [`"${other}" is whole: predict with \`--weights ${other}\``] : [];
  const found = [...problems, ...advice].join('; ');
  throw new UserError(`Expected a whole checkpoint "${slot}" in ${runFolder}, found only damaged ones: ${found}`);
}
