/**
 * Resumable, checked downloads: an interrupted one continues where it stopped, and nothing half-done gets the final
 * name.
 */
import { existsSync } from 'node:fs';
import { type FileHandle, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expected, messageOf, UserError } from '../errors.ts';
import { hashFile, writeAll } from '../io/files.ts';
import { makeFolder } from '../io/writable.ts';
import type { RemoteFile } from './registry.ts';

export interface DownloadOptions {
  onProgress?: (bytes: number, total: number | undefined) => void;
  /** Tries before giving up on a connection that keeps breaking; each continues where the last one stopped. */
  attempts?: number;
  /** Pause before the second try, doubled for each further one. */
  retryDelayMs?: number;
  /** A connection that sends nothing for so long counts as broken. */
  stallMs?: number;
}

/** Worth another try: the connection broke or the server is busy. */
class Interrupted extends Error {}

const sleep = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

/** What is wrong with a file on disk against its registry entry (length, then checksum); undefined when nothing is. */
export async function fileProblem(
  file: string,
  remote: Pick<RemoteFile, 'bytes' | 'sha256' | 'md5'>,
): Promise<string | undefined> {
  if (!existsSync(file)) return 'missing';
  const { size } = await stat(file);
  if (remote.bytes !== undefined && size !== remote.bytes) return `expected ${remote.bytes} bytes, found ${size}`;
  for (const algorithm of ['sha256', 'md5'] as const) {
    const wanted = remote[algorithm];
    if (!wanted) continue;
    const found = await hashFile(file, algorithm);
    if (found !== wanted) return `expected ${algorithm} ${wanted}, found ${found}`;
  }
  return undefined;
}

const isCheckable = ({ bytes, sha256, md5 }: RemoteFile): boolean => (sha256 ?? md5 ?? bytes) !== undefined;

/** Asks for the rest of a file. `If-Range` makes the server send all of it when it has changed in the meantime. */
async function request(url: string, from: number, etag: string | undefined, signal: AbortSignal): Promise<Response> {
  const headers: Record<string, string> = { 'accept-encoding': 'identity' };
  if (from > 0) headers.range = `bytes=${from}-`;
  if (from > 0 && etag) headers['if-range'] = etag;
  try {
    return await fetch(url, { headers, signal });
  } catch (error) {
    const cause = (error as { cause?: { code?: string } }).cause;
    const code = cause?.code ?? messageOf(error);
    const unreachable = ['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'ENETUNREACH', 'EHOSTUNREACH'].includes(code);
    if (unreachable)
      throw new UserError(
        `${new URL(url).host} cannot be reached (${code}): there is no network, or the address has moved`,
      );
    throw new Interrupted(code);
  }
}

/** Where the body starts in the file: at `from` when the server continues, at 0 when it sends everything. */
function startOf(response: Response, from: number, url: string): number {
  if (response.status === 200) return 0;
  if (response.status === 206) {
    const start = Number(/^bytes (\d+)-/.exec(response.headers.get('content-range') ?? '')?.[1] ?? -1);
    if (start === from) return from;
    throw new Interrupted(`the server answered with another range (${response.headers.get('content-range')})`);
  }
  if (response.status === 429 || response.status >= 500) throw new Interrupted(`HTTP ${response.status}`);
  throw expected('the file', `HTTP ${response.status} ${response.statusText}`.trim(), url);
}

async function writeBody(
  response: Response,
  handle: FileHandle,
  start: number,
  stalled: () => void,
  options: DownloadOptions,
): Promise<number> {
  const length = response.headers.get('content-length');
  const total = length === null ? undefined : start + Number(length);
  let position = start;
  try {
    for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
      await writeAll(handle, [chunk], position);
      position += chunk.length;
      stalled();
      options.onProgress?.(position, total);
    }
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOSPC') throw new UserError(`The disk is full after ${position} bytes`);
    throw new Interrupted(messageOf(error));
  }
  if (total !== undefined && position < total)
    throw new Interrupted(`the connection ended after ${position} of ${total} bytes`);
  return position;
}

/** One try: continues `part` or starts it afresh. Throws `Interrupted` when another try may help. */
async function attempt(remote: RemoteFile, part: string, options: DownloadOptions): Promise<void> {
  const { url } = remote;
  const tag = `${part}.etag`;
  let from = existsSync(part) ? (await stat(part)).size : 0;
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const alive = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => controller.abort(new Error('no data for a while')), options.stallMs ?? 60_000);
  };
  alive();
  const handle = await open(part, existsSync(part) ? 'r+' : 'w');
  try {
    const etag = from > 0 && existsSync(tag) ? await readFile(tag, 'utf8') : undefined;
    let response = await request(url, from, etag, controller.signal);
    if (response.status === 416) {
      // Nothing lies behind our last byte: the part is complete, as its checksum tells, or of another version.
      await response.body?.cancel();
      if (isCheckable(remote) && !(await fileProblem(part, remote))) return;
      from = 0;
      response = await request(url, 0, undefined, controller.signal);
    }
    const start = startOf(response, from, url);
    await writeFile(tag, response.headers.get('etag') ?? '');
    await handle.truncate(start);
    await writeBody(response, handle, start, alive, options);
    await handle.sync();
  } finally {
    clearTimeout(timer);
    await handle.close();
  }
}

/**
 * Downloads one file to `file`. What is there already and fits its length and checksum is kept. The data go to
 * `<file>.part`, which the next call continues; after the check it is renamed.
 *
 * Throws a UserError when the address fails (no network, HTTP 404, …), when the connection keeps breaking, or when
 * length or checksum are wrong (the part is then removed).
 */
export async function downloadFile(
  remote: RemoteFile,
  file: string,
  options: DownloadOptions = {},
): Promise<'kept' | 'downloaded'> {
  if (isCheckable(remote) && !(await fileProblem(file, remote))) return 'kept';
  await makeFolder(path.dirname(file));
  const part = `${file}.part`;
  const attempts = options.attempts ?? 5;
  for (let n = 1; ; n++) {
    try {
      await attempt(remote, part, options);
      break;
    } catch (error) {
      if (!(error instanceof Interrupted)) throw error;
      if (n >= attempts)
        throw new UserError(
          `The download of ${remote.url} broke off ${n} times (${error.message}); the same command continues it`,
        );
      await sleep((options.retryDelayMs ?? 1000) * 2 ** (n - 1));
    }
  }
  const problem = await fileProblem(part, remote);
  await rm(`${part}.etag`, { force: true });
  if (problem) {
    await rm(part, { force: true });
    throw new UserError(`${remote.url} is not the file the registry knows: ${problem}`);
  }
  await rename(part, file);
  return 'downloaded';
}
