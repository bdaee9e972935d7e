/**
 * Parts of many files, read at once: for a folder of slices waiting for each open, read and close takes several times
 * longer than doing them.
 */
import { closeSync, constants, fstatSync, openSync, readSync } from '#system/fs';

/**
 * Fills `bytes` from a place in a file; how many there were. Undefined where it is no regular file or cannot be read:
 * whoever wants to know why opens it by withPlainSource.
 */
export function readPart(file: string, position: number, bytes: Buffer): number | undefined {
  let handle: number | undefined;
  try {
    // Without O_NONBLOCK (Windows has none) opening a named pipe would wait for a writer for ever.
    handle = openSync(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    if (!fstatSync(handle).isFile()) return undefined;
    return readSync(handle, bytes, 0, bytes.length, position);
  } catch {
    return undefined;
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
}

/** At most `count` bytes from the start of a file; undefined where it cannot be read. */
export function fileStart(file: string, count: number): Buffer | undefined {
  const bytes = Buffer.allocUnsafe(count);
  const found = readPart(file, 0, bytes);
  return found === undefined ? undefined : bytes.subarray(0, found);
}
