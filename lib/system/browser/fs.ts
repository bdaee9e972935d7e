/** The part of `node:fs` that the library asks at once, on the disk in memory. It has no links and no devices. */
import { type DiskEntry, diskError, entryAt, existingEntry, namesIn } from './disk.ts';
import path from './path.ts';

export const constants = { O_RDONLY: 0, O_NONBLOCK: 0, W_OK: 2, X_OK: 1 } as const;

/** What is known of an entry. */
export class Stats {
  readonly size: number;
  readonly mtimeMs = 0;
  readonly #isFile: boolean;

  constructor({ bytes }: DiskEntry) {
    this.#isFile = bytes !== undefined;
    this.size = bytes?.length ?? 0;
  }
  isFile(): boolean {
    return this.#isFile;
  }
  isDirectory(): boolean {
    return !this.#isFile;
  }
  isSymbolicLink(): boolean {
    return false;
  }
}

export const existsSync = (place: string): boolean => entryAt(place) !== undefined;

export function statSync(place: string, options?: { throwIfNoEntry?: true }): Stats;
export function statSync(place: string, options: { throwIfNoEntry: false }): Stats | undefined;
export function statSync(place: string, { throwIfNoEntry = true } = {}): Stats | undefined {
  const entry = throwIfNoEntry ? existingEntry(place, 'stat') : entryAt(place);
  return entry && new Stats(entry);
}
export const lstatSync = statSync;

/** The bytes of a file. Throws ENOENT, or EISDIR for a folder. */
export function bytesAt(place: string): Uint8Array {
  const { bytes } = existingEntry(place, 'open');
  if (!bytes) throw diskError('EISDIR', 'read', place);
  return bytes;
}

export const readFileSync = (place: string): Buffer => Buffer.from(bytesAt(place));

const real = (place: string): string => {
  existingEntry(place, 'realpath');
  return path.resolve(place);
};
export const realpathSync = Object.assign(real, { native: real });

/** An entry of a folder, with its name and the folder. */
type Named = Stats & { readonly name: string; readonly parentPath: string };

export function readdirSync(folder: string, options?: { withFileTypes?: false }): string[];
export function readdirSync(folder: string, options: { withFileTypes: true }): Named[];
export function readdirSync(folder: string, { withFileTypes = false } = {}): string[] | Named[] {
  const names = namesIn(folder);
  if (!withFileTypes) return names;
  return names.map((name) => Object.assign(new Stats(entryAt(path.join(folder, name))!), { name, parentPath: folder }));
}

const opened = new Map<number, DiskEntry>();
let last = 2;

export function openSync(place: string, _flags?: number): number {
  opened.set(++last, existingEntry(place, 'open'));
  return last;
}
export const closeSync = (handle: number): void => void opened.delete(handle);
export const fstatSync = (handle: number): Stats => new Stats(opened.get(handle)!);

/** Copies bytes of an entry from a place on; how many there were. */
export function copyBytes(source: Uint8Array, into: Uint8Array, offset: number, length: number, from: number): number {
  const part = source.subarray(from, from + length);
  into.set(part, offset);
  return part.length;
}

export function readSync(handle: number, into: Uint8Array, offset: number, length: number, from: number): number {
  return copyBytes(opened.get(handle)!.bytes!, into, offset, length, from);
}

/** The bytes of a file in pieces. */
export async function* createReadStream(place: string, { highWaterMark = 1 << 16 } = {}): AsyncGenerator<Buffer> {
  const bytes = readFileSync(place);
  for (let at = 0; at < bytes.length; at += highWaterMark) yield bytes.subarray(at, at + highWaterMark);
}
