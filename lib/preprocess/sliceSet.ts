/** Preprocessed slices, read one at a time: from a folder that `preprocessDataset` wrote, or from memory. */
import { existsSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expected, shownText } from '../errors.ts';
import { readBytesSync } from '../io/files.ts';
import { insideFolder } from '../io/insideFolder.ts';
import { decodeNpy } from '../io/npy.ts';
import { readJsonAs } from '../io/schema.ts';
import { type Manifest, manifestSchema, type SliceEntry } from './manifest.ts';
import { checkSlice } from './sliceChecksum.ts';

/** One slice: image [3, height, width] and label [height, width], flat. */
export interface SliceArrays {
  /** (3, H, W), values in [0, 1]. */
  readonly image: Float32Array;
  /** (H, W), class per pixel. */
  readonly label: Uint8Array;
}

/** The folder of a slice set, and how many bytes of it may stay in memory. */
export interface SliceFolder {
  readonly folder: string;
  readonly cacheBytes: number;
}

/** Preprocessed slices, read one at a time. */
export interface SliceSet {
  readonly manifest: Manifest;
  /** The same as `manifest.slices`. */
  readonly entries: readonly SliceEntry[];
  /** Where the files lie, and how many of their bytes may stay in memory; absent for slices that live there. */
  readonly onDisk?: SliceFolder;
  /** The arrays of slice `i`, at once; do not change them, they may be shared with the next call. */
  read(i: number): SliceArrays;
  /** The label of slice `i` alone. */
  readLabel(i: number): Uint8Array;
}

const manifestFile = (folder: string): string => path.join(folder, 'manifest.json');

/** What slices may keep in memory unless told otherwise: a quarter of the machine, at most 2 GiB. */
const defaultCacheBytes = (): number => Math.min(2 * 2 ** 30, os.totalmem() / 4);

/** Bytes before the numbers of an .npy file of version 1. */
const mostHeader = 2 ** 16 + 10;

function readArray<T>(file: string, type: new (n: number) => T, shape: readonly number[]): T {
  const mostBytes = shape.reduce((count, side) => count * side, 4) + mostHeader;
  const bytes = readBytesSync(file, 'a preprocessed slice (run axunet preprocess again)', mostBytes);
  const array = decodeNpy(bytes, file, { shared: true });
  if (array.data instanceof type && array.shape.join() === shape.join()) return array.data;
  throw expected(
    `${type.name} of shape ${shape.join('×')} as the manifest says`,
    `${array.data.constructor.name} of shape ${array.shape.join('×')}`,
    file,
  );
}

/**
 * Opens the folder written by `preprocessDataset`. Slices are kept in memory until `cacheBytes` are used; the rest is
 * read from disk each time. Throws when the manifest is missing or of another version; `read` throws when a file is
 * missing, damaged or of another shape or content than the manifest says; content is checked when a file is first read.
 */
export async function openSlices(folder: string, options: { cacheBytes?: number } = {}): Promise<SliceSet> {
  const file = manifestFile(folder);
  if (!existsSync(file)) throw expected('a folder of slices that axunet preprocess made', 'no manifest.json', folder);
  const manifest = await readJsonAs(file, manifestSchema, 'a slice manifest');
  const seen = new Set<string>();
  for (const { id } of manifest.slices) {
    if (seen.has(id)) throw expected('slices with different ids', `${shownText(id)} twice`, file);
    seen.add(id);
  }
  return slicesIn({ folder, cacheBytes: options.cacheBytes ?? defaultCacheBytes() }, manifest);
}

/** The slices of a manifest that was read before, as `openSlices` gives them. */
export function slicesIn(onDisk: SliceFolder, manifest: Manifest): SliceSet {
  const cache = new Map<string, Float32Array | Uint8Array>();
  let free = onDisk.cacheBytes;
  const checked = new Set<string>();
  const load = <T extends Float32Array | Uint8Array>(
    name: string,
    entry: SliceEntry,
    type: new (n: number) => T,
    shape: readonly number[],
  ): T => {
    const cached = cache.get(name);
    if (cached) return cached as T;
    const file = insideFolder(onDisk.folder, name, manifestFile(onDisk.folder));
    const array = readArray(file, type, shape);
    if (!checked.has(name)) checkSlice(array, entry, file);
    checked.add(name);
    // nothing is ever thrown out: in shuffled epochs every slice is equally likely to be the next one asked for
    if (array.byteLength <= free) {
      cache.set(name, array);
      free -= array.byteLength;
    }
    return array;
  };
  const readLabel = (i: number): Uint8Array => {
    const { label, height, width } = manifest.slices[i];
    return load(label, manifest.slices[i], Uint8Array, [1, height, width]);
  };
  const read = (i: number): SliceArrays => {
    const { image, height, width } = manifest.slices[i];
    return { image: load(image, manifest.slices[i], Float32Array, [3, height, width]), label: readLabel(i) };
  };
  return { manifest, entries: manifest.slices, onDisk, read, readLabel };
}
