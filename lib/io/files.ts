/**
 * Files that are either complete or absent, and their checksums.
 */
import { createHash, randomBytes } from '#system/crypto';
import { createReadStream, readFileSync, type Stats, statSync } from '#system/fs';
import { type FileHandle, open, readFile, rename, rm, stat } from '#system/fsPromises';
import path from '#system/path';
import { expected } from '../errors.ts';
import { fileKind } from './fileKind.ts';
import { assertWritableFile, explainWriteError, makeFolder } from './writable.ts';

/** The bytes of a file: one piece, or several that follow one another. */
export type FileContent = Uint8Array | string | readonly Uint8Array[];

function piecesOf(data: FileContent): readonly Uint8Array[] {
  if (typeof data === 'string') return [Buffer.from(data)];
  return data instanceof Uint8Array ? [data] : data;
}

/** What one call may be asked to write: no call takes more than 2 GiB on Linux, and any may take less. */
const mostAtOnce = 2 ** 30;

/** Writes pieces one behind the other, each to its end. */
export async function writeAll(handle: FileHandle, pieces: readonly Uint8Array[], position = 0): Promise<void> {
  let at = position;
  for (const piece of pieces)
    for (let rest = piece; rest.length > 0; ) {
      const { bytesWritten } = await handle.write(rest, 0, Math.min(rest.length, mostAtOnce), at);
      rest = rest.subarray(bytesWritten);
      at += bytesWritten;
    }
}

/**
 * Makes a finished rename survive a power cut; folders cannot be opened on Windows, where the rename itself must do.
 */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined);
  try {
    await handle?.sync().catch(() => undefined);
  } finally {
    await handle?.close();
  }
}

/** Opens a file that is made anew: what lies there, as of a killed run, is removed, and no link is followed. */
async function openNew(file: string): Promise<FileHandle> {
  try {
    return await open(file, 'wx');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    await rm(file);
    return open(file, 'wx');
  }
}

/**
 * Writes `temporary`, which lies in the same folder, and gives it the name of the file: one with that name is whole.
 * Not safe from a power cut unless it is `synced`. Throws a UserError when the disk is full or may not be written.
 */
export async function writeThenRename(
  temporary: string,
  file: string,
  pieces: readonly Uint8Array[],
  synced = false,
): Promise<void> {
  try {
    const handle = await openNew(temporary);
    try {
      await writeAll(handle, pieces);
      if (synced) await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw explainWriteError(error, file);
  }
}

/**
 * Writes a file so that a crash, a kill or a full disk leaves either the old file or the whole new one.
 * The bytes go to a temporary file in the same folder, which is synced and renamed; missing folders are made.
 * Throws a UserError when the disk is full, or the place is not writable, a folder or a device.
 */
export async function writeFileAtomic(file: string, data: FileContent): Promise<void> {
  const folder = path.dirname(path.resolve(file));
  const temporary = path.join(folder, `.${path.basename(file)}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`);
  await assertWritableFile(file);
  await makeFolder(folder);
  await writeThenRename(temporary, file, piecesOf(data), true);
  await syncFolder(folder);
}

/**
 * Writes a text as `writeFileAtomic` does, unless the file holds it already: what is complete may lie in a folder that
 * is read-only.
 */
export async function keepText(file: string, text: string): Promise<void> {
  const bytes = Buffer.from(text);
  const status = await stat(file).catch(() => undefined);
  const isSame =
    status?.isFile() && status.size === bytes.length && bytes.equals(await readFile(file).catch(() => none));
  if (!isSame) await writeFileAtomic(file, bytes);
}

const none = Buffer.alloc(0);

const jsonText = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** Writes a value as indented JSON with a newline at the end, atomically. */
export const writeJson = (file: string, value: unknown): Promise<void> => writeFileAtomic(file, jsonText(value));

/** The same, unless the file holds just that already. */
export const keepJson = (file: string, value: unknown): Promise<void> => keepText(file, jsonText(value));

/** What stops a file from being read, as a sentence; anything unexpected stays as it is. */
export function explainReadError(error: unknown, what: string, file: string): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT' || code === 'ENOTDIR') return expected(what, 'no such file', file);
  if (code === 'EISDIR') return expected(what, 'a folder', file);
  if (code === 'EACCES' || code === 'EPERM') return expected(what, 'a file that may not be read', file);
  if (code === 'ELOOP') return expected(what, 'links that lead in a circle', file);
  if (code === 'ENAMETOOLONG') return expected(what, 'a name that is too long', file);
  if (code === 'ERR_STRING_TOO_LONG' || code === 'ERR_FS_FILE_TOO_LARGE')
    return expected(what, 'a file that is too long to be one', file);
  return error;
}

function checkRegular(status: Stats, what: string, file: string, mostBytes = Infinity): void {
  if (!status.isFile())
    throw expected(what, status.isDirectory() ? 'a folder' : 'something that is not a regular file', file);
  if (status.size > mostBytes)
    throw expected(`${what} of at most ${mostBytes} bytes`, `one of ${status.size} bytes`, file);
}

/**
 * Throws a UserError when the file is absent, not a regular file (a named pipe would be waited for and a device read
 * for ever), or longer than `mostBytes`.
 */
async function assertRegularFile(file: string, what = 'a file', mostBytes?: number): Promise<void> {
  const status = await stat(file).catch((error) => {
    throw explainReadError(error, what, file);
  });
  checkRegular(status, what, file, mostBytes);
}

/** More than any manifest, history or table has. */
const longestText = 2 ** 28;

/**
 * The bytes of a file; `what` it should be stands in messages. Throws a UserError when it is absent, no regular file,
 * or longer than `mostBytes`.
 */
export async function readBytes(file: string, what: string, mostBytes?: number): Promise<Buffer> {
  await assertRegularFile(file, what, mostBytes);
  return readFile(file).catch((error) => {
    throw explainReadError(error, what, file);
  });
}

/** The same at once, for callers that cannot wait. */
export function readBytesSync(file: string, what: string, mostBytes?: number): Buffer {
  try {
    checkRegular(statSync(file), what, file, mostBytes);
    return readFileSync(file);
  } catch (error) {
    throw explainReadError(error, what, file);
  }
}

/** UTF-8, or UTF-16 with a byte order mark, as PowerShell and spreadsheets write it; the mark is taken off. */
function textOf(bytes: Buffer, what: string, file: string): string {
  const mark = bytes.toString('latin1', 0, 2);
  if (mark === '\xff\xfe') return new TextDecoder('utf-16le').decode(bytes);
  if (mark === '\xfe\xff') return new TextDecoder('utf-16be').decode(bytes);
  if (!bytes.subarray(0, 512).includes(0)) return bytes.toString('utf8').replace(/^\ufeff/, '');
  throw expected(what, fileKind(bytes) ?? 'bytes that are no text', file);
}

/**
 * The text of a file without a byte order mark, as `readBytes` reads it. Throws a UserError for bytes that are no text.
 */
export const readText = async (file: string, what: string, mostBytes = longestText): Promise<string> =>
  textOf(await readBytes(file, what, mostBytes), what, file);

/** The same at once, for callers that cannot wait. */
export const readTextSync = (file: string, what: string, mostBytes = longestText): string =>
  textOf(readBytesSync(file, what, mostBytes), what, file);

/** SHA-256 of bytes or of a UTF-8 text, as 64 hexadecimal digits. */
export const sha256 = (data: Uint8Array | string): string => createHash('sha256').update(data).digest('hex');

/** Checksum of a file of any size, in hexadecimal digits; throws a UserError when it cannot be read. */
export async function hashFile(file: string, algorithm: 'sha256' | 'md5'): Promise<string> {
  await assertRegularFile(file);
  const hash = createHash(algorithm);
  try {
    for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(chunk as Uint8Array);
  } catch (error) {
    throw explainReadError(error, 'a file', file);
  }
  return hash.digest('hex');
}

/** SHA-256 of a file of any size, as 64 hexadecimal digits; throws a UserError when it cannot be read. */
export const sha256File = (file: string): Promise<string> => hashFile(file, 'sha256');
