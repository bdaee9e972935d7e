/** The networks that come with the project, by name: found, checked and loaded. */
import path from '#system/path';
import { expected } from '../errors.ts';
import { readBytes, sha256 } from '../io/files.ts';
import { insideFolder } from '../io/insideFolder.ts';
import { settings } from '../settings.ts';
import type { TrainedRun } from '../train/loadRun.ts';
import { loadPackedRun } from './packedRun.ts';
import { indexName, readShippedIndex, type ShippedEntry, type ShippedIndex } from './shippedIndex.ts';

/** What stands for the networks of the project where a run is named: all that are averaged, or the small one. */
export const shippedNames = ['weights', 'small'] as const;
export type ShippedName = (typeof shippedNames)[number];

export const isShippedName = (place: string): place is ShippedName =>
  (shippedNames as readonly string[]).includes(place);

/** More than all of them are together. */
const mostBytes = 2 ** 26;

/** What git writes in the place of a large file until that is fetched. */
const isPointer = (bytes: Buffer): boolean => bytes.toString('latin1', 0, 40).startsWith('version https://git-lfs');

/** Throws a UserError unless the file holds the bytes that the index tells of. */
async function checkFile(file: string, { sha256: wanted, bytes: size }: ShippedEntry): Promise<void> {
  const bytes = await readBytes(file, `a network of ${indexName}`, mostBytes);
  const again = 'fetch the repository anew';
  if (isPointer(bytes)) throw expected(`a network (${again}: git lfs pull)`, 'a pointer of git-lfs', file);
  if (bytes.length !== size) throw expected(`${size} bytes (${again})`, `${bytes.length}`, file);
  const found = sha256(bytes);
  const short = (sum: string): string => sum.slice(0, 12);
  if (found !== wanted)
    throw expected(`the SHA-256 ${short(wanted)}… of ${indexName} (${again})`, `${short(found)}…`, file);
}

/** The index, and the files of what a name stands for. Throws a UserError where one is absent or damaged. */
export async function shippedFiles(
  name: ShippedName,
  folder = settings.weightsFolder,
): Promise<{ readonly index: ShippedIndex; readonly files: readonly string[] }> {
  const index = await readShippedIndex(folder);
  const wanted = name === 'small' ? [index.small] : index.ensemble;
  const files = wanted.map((one) => {
    const entry = index.members.find((each) => each.name === one)!;
    return { entry, file: insideFolder(folder, entry.file, path.join(folder, indexName)) };
  });
  for (const { entry, file } of files) await checkFile(file, entry);
  return { index, files: files.map(({ file }) => file) };
}

/**
 * Loads what a name stands for, with what the networks saw in training. The engine must have been started. Throws a
 * UserError where a file is absent or damaged.
 */
export async function loadShipped(name: ShippedName, folder?: string): Promise<TrainedRun[]> {
  const { index, files } = await shippedFiles(name, folder);
  const runs: TrainedRun[] = [];
  for (const file of files) runs.push({ ...(await loadPackedRun(file)), seen: index.seen, scales: index.scales });
  return runs;
}

/** What must be said of the networks wherever they are used, one sentence each. */
export function describeShipped({ title, seen, ensemble, licence }: ShippedIndex, name: ShippedName): string[] {
  const which = name === 'small' ? 'the small network' : `the mean of ${ensemble.length} networks`;
  return [
    `${which} of the project, ${title}: trained on ${seen.pictures} single pictures (2-D) of ${seen.patients} people ` +
      `(${licence})`,
    'not a medical device: for research and teaching only',
  ];
}
