/**
 * What binds a manifest, and a training run, to the content of its slices: CRC-32 of every plane, as 8 hexadecimal
 * digits each. It tells damaged and changed slices, not forged ones.
 */
import { crc32 } from '#system/zlib';
import { expected } from '../errors.ts';
import { bytesOf } from '../io/bytes.ts';
import type { SliceEntry } from './manifest.ts';
import type { PreparedSlice } from './prepareCase.ts';

const crcOf = (plane: Float32Array | Uint8Array): string => crc32(bytesOf(plane)).toString(16).padStart(8, '0');

/** Checksums of slices z - 1, z, z + 1 and label, one z after the other: a plane of three slices is summed once. */
export function sliceSummer(): (slice: PreparedSlice) => Required<Pick<SliceEntry, 'imageCrc32' | 'labelCrc32'>> {
  let before: { readonly z: number; readonly sums: readonly string[] } | undefined;
  return ({ z, planes, label }) => {
    const known = before?.z === z - 1 ? before.sums.slice(1) : [];
    const sums = planes.map((plane, i) => known[i] ?? crcOf(plane));
    before = { z, sums };
    return { imageCrc32: sums.join(''), labelCrc32: crcOf(label) };
  };
}

/**
 * Throws a UserError that names slice and file where an image (3, H, W) or a label read from it is not what the
 * manifest tells of; where it tells nothing, where values are not finite.
 */
export function checkSlice(array: Float32Array | Uint8Array, entry: SliceEntry, file: string): void {
  const isImage = array instanceof Float32Array;
  const wanted = isImage ? entry.imageCrc32 : entry.labelCrc32;
  const again = '(delete the file and run axunet preprocess again)';
  if (wanted === undefined) {
    if (isImage && !array.every((value) => value - value === 0))
      throw expected(`finite values of slice ${entry.id} ${again}`, 'NaN or infinite ones', file);
    return;
  }
  const planes = isImage ? wanted.length / 8 : 1;
  const size = array.length / planes;
  const found = Array.from({ length: planes }, (_, i) => crcOf(array.subarray(i * size, (i + 1) * size))).join('');
  if (found === wanted) return;
  throw expected(`slice ${entry.id} as it was made ${again}`, 'damaged or other content', file);
}

/** Checksum of image and label by slice id; undefined where the manifest has none, as those of earlier versions. */
export function contentOf(entries: readonly SliceEntry[]): Record<string, string> | undefined {
  if (entries.some(({ imageCrc32, labelCrc32 }) => !imageCrc32 || !labelCrc32)) return undefined;
  return Object.fromEntries(entries.map(({ id, imageCrc32, labelCrc32 }) => [id, `${imageCrc32}${labelCrc32}`]));
}

/** The entries as they were before there were checksums: what earlier runs were told apart by. */
export const withoutChecksums = (entries: readonly SliceEntry[]): SliceEntry[] =>
  entries.map(({ imageCrc32: _image, labelCrc32: _label, ...entry }) => entry);
