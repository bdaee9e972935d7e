/** Paths that a file names, taken only where they stay inside the folder that it speaks of; names that become files. */
import { lstatSync, realpathSync } from '#system/fs';
import path from '#system/path';
import { expected, shownText } from '../errors.ts';

/** Longer than systems open; a sentence would repeat all of it. */
const longestName = 4096;

const isInside = (folder: string, place: string): boolean => {
  const way = path.relative(folder, place);
  return way !== '' && way !== '..' && !way.startsWith(`..${path.sep}`) && !path.isAbsolute(way);
};

function isLink(place: string): boolean {
  try {
    return lstatSync(place).isSymbolicLink();
  } catch {
    return false; // there is nothing
  }
}

/**
 * Where a place really lies: links are followed as far as it exists. Undefined behind a link to nowhere, which writing
 * would follow all the same.
 */
function realPlace(place: string): string | undefined {
  try {
    return realpathSync.native(place);
  } catch {
    const above = path.dirname(place);
    if (above === place) return place;
    const real = isLink(place) ? undefined : realPlace(above);
    return real === undefined ? undefined : path.join(real, path.basename(place));
  }
}

/**
 * The absolute path of `name`, which `file` holds, as a place below `folder`. The folder itself may be a link; no part
 * below it may lead out of it. Throws a UserError naming `file` for a path that leaves the folder (by `..`, as an
 * absolute path or through a link), is the folder itself, is empty, too long, or no path at all.
 */
export function insideFolder(folder: string, name: string, file: string): string {
  const refusal = (found: string): Error => expected(`a path inside ${folder}`, found, file);
  if (name === '' || name.includes('\0')) throw refusal(name === '' ? 'an empty one' : shownText(name));
  if (name.length > longestName) throw refusal(`one of ${name.length} characters`);
  const place = path.resolve(folder, name);
  if (!isInside(path.resolve(folder), place)) throw refusal(shownText(name));
  const [real, realFolder] = [realPlace(place), realPlace(path.resolve(folder))];
  if (real === undefined || realFolder === undefined || !isInside(realFolder, real))
    throw refusal(`${shownText(name)}, a link that leads ${real === undefined ? 'nowhere' : 'out of it'}`);
  return place;
}

/** Whether a file at `place` would replace `source`, or lie in it where that is a folder; links are followed. */
export function wouldTouch(place: string, source: string): boolean {
  const [written, from] = [place, source].map((one) => realPlace(path.resolve(one)) ?? path.resolve(one));
  return written === from || isInside(from!, written!);
}

/** A folder or file of a name of ours below `folder`, which may be somebody else's: its parts may be links. */
export const ownPlace = (folder: string, name: string): string => insideFolder(folder, name, folder);

/**
 * Throws a UserError where two of the names, which become files, differ in capital letters alone: on the disks of macOS
 * and Windows they are one file, and one would be lost. `what` they are stands in the message.
 */
export function assertFileEach(names: readonly string[], what: string, place?: string): void {
  const seen = new Map<string, string>();
  for (const name of names) {
    const plain = name.normalize('NFC').toLowerCase();
    const other = seen.get(plain);
    if (other !== undefined && other !== name)
      throw expected(
        `${what} that differ in more than capital letters (macOS and Windows take them for one file)`,
        `${shownText(other)} and ${shownText(name)}`,
        place,
      );
    seen.set(plain, name);
  }
}
