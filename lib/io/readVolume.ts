/** Volumes of any format that can be read. */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { Volume } from '../volume/volume.ts';
import { sha256File } from './files.ts';
import { readNifti } from './nifti.ts';
import { readNrrd } from './nrrd.ts';

/**
 * Reads a volume by the ending of its name: .nrrd and .nhdr as NRRD, all others as NIfTI. Throws as readNrrd and
 * readNifti do.
 */
export const readVolume = (file: string): Promise<Volume> =>
  /\.n(rrd|hdr)$/i.test(file) ? readNrrd(file) : readNifti(file);

/**
 * SHA-256 of the files of a volume by name: of the file itself and, for a header without voxels (.hdr, .nhdr), of those
 * beside it with the same stem.
 */
export async function volumeChecksums(file: string): Promise<Record<string, string>> {
  const [, stem] = /^(.*)\.n?hdr(\.gz)?$/i.exec(path.basename(file)) ?? [];
  const folder = path.dirname(file);
  const names =
    stem === undefined
      ? [path.basename(file)]
      : (await readdir(folder)).filter((name) => name.startsWith(`${stem}.`)).sort();
  // A missing header is told by its own name.
  const wanted = names.includes(path.basename(file)) ? names : [path.basename(file)];
  return Object.fromEntries(
    await Promise.all(wanted.map(async (name) => [name, await sha256File(path.join(folder, name))] as const)),
  );
}
