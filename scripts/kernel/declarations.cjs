// The types of our packages as declarations, which a cell reads in a third of the time that their sources take. They
// are used only while no source is newer: set-up makes them (scripts/declarations.mjs), the kernel looks.
const { createHash } = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');

const root = path.join(__dirname, '../..');

/** The packages that cells import, and their folders. */
const packages = { axunet: 'lib', 'axunet-engine': 'lib/engine', 'axunet-lessons': 'notebooks/lessons' };
const sourceFolders = ['lib', 'notebooks/lessons'];

/** Changes with what is written, and how. */
const version = 1;

/** All TypeScript files of the packages with size and time, as one short text. */
function fingerprint(folder = root) {
  const hash = createHash('sha256').update(`${version}`);
  for (const name of sourceFolders) {
    const files = fs.readdirSync(path.join(folder, name), { recursive: true, encoding: 'utf8' });
    for (const file of files.filter((one) => one.endsWith('.ts')).sort()) {
      const { size, mtimeMs } = fs.statSync(path.join(folder, name, file));
      hash.update(`${name}/${file} ${size} ${mtimeMs}\n`);
    }
  }
  return hash.digest('hex').slice(0, 16);
}

/** Where the declarations of one state of the sources lie, beside those of earlier ones. */
const cacheFolder = (folder = root) => path.join(folder, 'node_modules/.cache/axunet-types');

/** Written last, so that a folder without it is not complete. */
const completeFile = 'complete.json';
const isComplete = (place) => fs.existsSync(path.join(place, completeFile));

/** TypeScript's option `paths` for cells in `cwd`; undefined where declarations are missing or older than a source. */
function declarationPaths(cwd = process.cwd(), folder = root) {
  const isOutside = path.relative(fs.realpathSync(folder), fs.realpathSync(cwd)).startsWith('..');
  if (isOutside) return undefined; // nor would the packages be found when the cell runs
  const place = path.join(cacheFolder(folder), fingerprint(folder));
  if (!isComplete(place)) return undefined;
  const within = (inside, name) => [`${place}/${inside}/${name}.d.ts`.replaceAll('\\', '/')];
  return Object.fromEntries(
    Object.entries(packages).flatMap(([name, inside]) => [
      [name, within(inside, 'index')],
      [`${name}/*`, within(inside, '*')],
    ]),
  );
}

module.exports = { cacheFolder, completeFile, declarationPaths, fingerprint, isComplete, sourceFolders };
