/** The part of `node:fs/promises` that the library asks, on the disk in memory. */
import { type DiskEntry, diskError, entriesBelow, entryAt, existingEntry, putEntry, removeEntry } from './disk.ts';
import { bytesAt, copyBytes, readdirSync, readFileSync, realpathSync, Stats, statSync } from './fs.ts';
import path from './path.ts';

/** The same as a promise, errors too. */
const later =
  <A extends unknown[], T>(f: (...args: A) => T) =>
  async (...args: A): Promise<T> =>
    f(...args);

export const access = later((place: string, _mode?: number) => void existingEntry(place, 'access'));
export const stat = later((place: string) => statSync(place));
export const lstat = stat;
export const readdir = later((folder: string) => readdirSync(folder));
export const readFile = later((place: string) => readFileSync(place));
export const realpath = later((place: string) => realpathSync(place));

export const mkdir = later((place: string, { recursive = false } = {}) => {
  const found = entryAt(place);
  if (found && !(recursive && !found.bytes)) throw diskError('EEXIST', 'mkdir', place);
  if (recursive && !entryAt(path.dirname(path.resolve(place)))) throw diskError('ENOENT', 'mkdir', place);
  if (!found) putEntry(place, {}, 'mkdir');
});

export const rename = later((from: string, to: string) => {
  existingEntry(from, 'rename');
  const moved = entriesBelow(from);
  for (const [name] of moved) removeEntry(name);
  for (const [name, entry] of moved)
    putEntry(path.resolve(to) + name.slice(path.resolve(from).length), entry, 'rename');
});

export const rm = later((place: string, { recursive = false, force = false } = {}) => {
  if (!entryAt(place)) {
    if (force) return;
    throw diskError('ENOENT', 'rm', place);
  }
  if (!entryAt(place)!.bytes && !recursive) throw diskError('EISDIR', 'rm', place);
  for (const [name] of entriesBelow(place)) removeEntry(name);
});

/** A file that is open. */
export class FileHandle {
  readonly #entry: DiskEntry;
  readonly #place: string;
  /** Where writeFile goes on. */
  #at = 0;

  constructor(entry: DiskEntry, place: string) {
    this.#entry = entry;
    this.#place = place;
  }
  async read(into: Uint8Array, offset: number, length: number, from: number): Promise<{ bytesRead: number }> {
    return { bytesRead: copyBytes(bytesAt(this.#place), into, offset, length, from) };
  }
  async write(from: Uint8Array, offset: number, length: number, at: number): Promise<{ bytesWritten: number }> {
    const old = this.#entry.bytes!;
    const all = old.length >= at + length ? old : new Uint8Array(at + length);
    if (all !== old) all.set(old);
    all.set(from.subarray(offset, offset + length), at);
    this.#entry.bytes = all;
    return { bytesWritten: length };
  }
  async writeFile(data: Uint8Array): Promise<void> {
    await this.write(data, 0, data.length, this.#at);
    this.#at += data.length;
  }
  async stat(): Promise<Stats> {
    return new Stats(this.#entry);
  }
  async sync(): Promise<void> {}
  async close(): Promise<void> {}
}

/** Opens what is there for reading, or with `wx` a file that must not be there yet. */
export const open = later((place: string, flags: string | number = 'r') => {
  if (flags !== 'wx') return new FileHandle(existingEntry(place, 'open'), place);
  if (entryAt(place)) throw diskError('EEXIST', 'open', place);
  return new FileHandle(putEntry(place, { bytes: new Uint8Array() }, 'open'), place);
});
