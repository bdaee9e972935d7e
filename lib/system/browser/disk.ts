/**
 * A disk in the memory of a page: folders and files by absolute path. What is dropped on the page lies here, as does
 * what the library brings along and what it writes.
 */
import path from './path.ts';

/** A file; a folder has no bytes. */
export interface DiskEntry {
  bytes?: Uint8Array;
}

const disk = new Map<string, DiskEntry>([['/', {}]]);

/** An error as the system's own: `code` tells which. */
export function diskError(code: string, syscall: string, place: string): Error {
  const texts: Readonly<Record<string, string>> = {
    ENOENT: 'no such file or directory',
    EEXIST: 'file already exists',
    EISDIR: 'illegal operation on a directory',
    ENOTDIR: 'not a directory',
  };
  return Object.assign(new Error(`${code}: ${texts[code]}, ${syscall} '${place}'`), { code, syscall, path: place });
}

/** What lies at a place; undefined where nothing does. */
export const entryAt = (place: string): DiskEntry | undefined => disk.get(path.resolve(place));

/** What lies at a place. Throws ENOENT, or ENOTDIR where a part of the path is a file. */
export function existingEntry(place: string, syscall: string): DiskEntry {
  const entry = entryAt(place);
  if (entry) return entry;
  for (let above = path.dirname(path.resolve(place)); ; above = path.dirname(above)) {
    if (disk.get(above)?.bytes) throw diskError('ENOTDIR', syscall, place);
    if (disk.has(above)) throw diskError('ENOENT', syscall, place);
  }
}

/** Puts a new or another entry where its folder is. Throws ENOENT or ENOTDIR where that is no folder. */
export function putEntry(place: string, entry: DiskEntry, syscall: string): DiskEntry {
  const full = path.resolve(place);
  if (existingEntry(path.dirname(full), syscall).bytes) throw diskError('ENOTDIR', syscall, place);
  disk.set(full, entry);
  return entry;
}

/** What lies in a place and below it, by full path. */
export const entriesBelow = (place: string): [string, DiskEntry][] => {
  const full = path.resolve(place);
  return [...disk].filter(([name]) => name === full || name.startsWith(full === '/' ? full : `${full}/`));
};

export const removeEntry = (place: string): boolean => disk.delete(path.resolve(place));

/** Names of what lies right in a folder, sorted. Throws ENOENT, or ENOTDIR for a file. */
export function namesIn(folder: string): string[] {
  const full = path.resolve(folder);
  if (existingEntry(full, 'scandir').bytes) throw diskError('ENOTDIR', 'scandir', folder);
  const names = [...disk.keys()].filter((name) => name !== '/' && path.dirname(name) === full);
  return names.map((name) => path.basename(name)).sort();
}

/** Puts a file, and the folders above it where they are missing. */
export function putFile(place: string, bytes: Uint8Array): void {
  const full = path.resolve(place);
  const missing: string[] = [];
  for (let above = path.dirname(full); !disk.has(above); above = path.dirname(above)) missing.unshift(above);
  for (const folder of missing) putEntry(folder, {}, 'mkdir');
  putEntry(full, { bytes }, 'open');
}
