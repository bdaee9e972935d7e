/** Paths of the disk in memory: as Node's `path.posix`, the folder that one is in being `/`. */

/** The parts of a path without `.` and empty ones; `..` takes one away, and stays where there is none. */
function partsOf(place: string, isAbsolute: boolean): string[] {
  const parts: string[] = [];
  for (const part of place.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (!isAbsolute) parts.push('..');
  }
  return parts;
}

const isAbsolute = (place: string): boolean => place.startsWith('/');

function resolve(...places: string[]): string {
  const from = places.findLastIndex(isAbsolute);
  return `/${partsOf(places.slice(Math.max(0, from)).join('/'), true).join('/')}`;
}

function join(...places: string[]): string {
  const joined = places.filter(Boolean).join('/');
  const [root, end] = [isAbsolute(joined) ? '/' : '', /[^/]\/+$/.test(joined) ? '/' : ''];
  const parts = partsOf(joined, root !== '').join('/');
  return parts === '' ? root || (end ? './' : '.') : `${root}${parts}${end}`;
}

/** As Node does it, `a//b` has `a/` above it. */
function dirname(place: string): string {
  const at = place.replace(/\/+$/, '').lastIndexOf('/');
  if (at <= 0) return isAbsolute(place) ? '/' : '.';
  return at === 1 && isAbsolute(place) ? '//' : place.slice(0, at);
}

const basename = (place: string): string => place.replace(/\/+$/, '').split('/').at(-1)!;

function extname(place: string): string {
  const name = basename(place);
  const at = name.lastIndexOf('.');
  return at <= 0 || name === '..' ? '' : name.slice(at);
}

function relative(from: string, to: string): string {
  const [a, b] = [from, to].map((place) => partsOf(resolve(place), true)) as [string[], string[]];
  const differs = a.findIndex((part, i) => part !== b[i]);
  const shared = differs < 0 ? a.length : differs;
  return [...a.slice(shared).map(() => '..'), ...b.slice(shared)].join('/');
}

export default { sep: '/', delimiter: ':', isAbsolute, resolve, join, dirname, basename, extname, relative };
