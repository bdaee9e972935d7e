/** Whether a place can be written to, and the sentence where it cannot. */
import { constants } from '#system/fs';
import { access, lstat, mkdir, stat } from '#system/fsPromises';
import path from '#system/path';
import { expected, UserError } from '../errors.ts';

/** Turns the system's error codes into a sentence; anything unexpected stays as it is. */
export function explainWriteError(error: unknown, file: string): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new UserError(`Expected room on the disk to write ${file}, found the disk full`);
  if (code === 'EFBIG') {
    const found = 'found that files may not become so large here (raise the limit: ulimit -f)';
    return new UserError(`Expected room to write ${file}, ${found}`);
  }
  if (code === 'EROFS') return new UserError(`Expected permission to write ${file}, found a read-only file system`);
  if (code === 'EACCES' || code === 'EPERM') return new UserError(`Expected permission to write ${file}, found none`);
  if (code === 'ENOENT')
    return expected('a place to write to', 'a folder that is gone or in which the system makes nothing', file);
  if (code === 'ENAMETOOLONG') return expected('a place to write to', 'a name that is too long', file);
  return error;
}

/** What a place is that cannot be written into as a folder; undefined for a folder and where nothing is. */
async function otherThanFolder(place: string): Promise<string | undefined> {
  const status = await stat(place).catch(() => undefined);
  if (status?.isDirectory()) return undefined;
  if (status) return status.isFile() ? 'a file' : 'something that is neither file nor folder';
  const link = await lstat(place).catch(() => undefined);
  return link && 'a link that leads nowhere';
}

/**
 * Throws a UserError when nothing can be written into a folder, which need not exist yet: its place or one above it is
 * a file, may not be written or lies on a read-only file system. Makes nothing.
 */
export async function assertWritableFolder(folder: string): Promise<void> {
  for (let place = path.resolve(folder); ; place = path.dirname(place)) {
    const other = await otherThanFolder(place);
    if (other !== undefined) throw expected('a folder to write into', other, place);
    if (!(await exists(place)) && place !== path.dirname(place)) continue;
    return access(place, constants.W_OK | constants.X_OK).catch((error) => {
      throw explainWriteError(error, folder);
    });
  }
}

/** Throws a UserError when the place of a file is held by a folder, or by a device, which a file would replace. */
export async function assertWritableFile(file: string): Promise<void> {
  const status = await stat(file).catch(() => undefined);
  if (!status || status.isFile()) return;
  throw expected('a file to write', status.isDirectory() ? 'a folder' : 'something that is not a regular file', file);
}

const exists = (place: string): Promise<boolean> =>
  stat(place).then(
    () => true,
    () => false,
  );

/**
 * Makes a folder and those above it where they are missing. Throws a UserError where that is not possible. One after
 * the other: Node's own `recursive` never ends in places such as /proc.
 */
export async function makeFolder(folder: string): Promise<void> {
  const missing: string[] = [];
  for (let place = path.resolve(folder); !(await exists(place)); place = path.dirname(place)) {
    missing.unshift(place);
    if (place === path.dirname(place)) break;
  }
  if (missing.length === 0) return assertFolder(folder);
  for (const place of missing)
    await mkdir(place).catch(async (error) => {
      if (error.code === 'EEXIST' && (await otherThanFolder(place)) === undefined) return; // made by another meanwhile
      await assertWritableFolder(folder); // what mkdir says of a file in the way differs by system
      throw explainWriteError(error, folder);
    });
}

async function assertFolder(folder: string): Promise<void> {
  const other = await otherThanFolder(folder);
  if (other !== undefined) throw expected('a folder to write into', other, path.resolve(folder));
}
