// JSON files that a killed script leaves whole, and where npm has put packages.
import fs from 'node:fs';
import path from 'node:path';
import { Problem } from './words.mjs';

/** The object in a JSON file; undefined where the file is absent or is not JSON. */
export function readJson(file) {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/**
 * Writes JSON through a temporary file, so that a killed script leaves the old file or the new one, never half of it.
 */
export function writeJson(file, value) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}.tmp`;
  fs.writeFileSync(temporary, `${JSON.stringify(value, null, 2)}\n`);
  fs.renameSync(temporary, file);
}

/** This package's folder, and those above it. */
function* foldersUp() {
  for (let folder = path.dirname(import.meta.dirname); ; folder = path.dirname(folder)) {
    yield folder;
    if (folder === path.dirname(folder)) return;
  }
}

/**
 * The folder of an installed package, looked for as Node does: in node_modules beside this package and above. Looked
 * for at each call, since set-up may be loaded before `npm ci` has run. Throws a Problem where it is not installed.
 */
export function packageFolder(name) {
  const places = [...foldersUp()].map((folder) => path.join(folder, 'node_modules', name));
  const found = places.find((place) => fs.existsSync(path.join(place, 'package.json')));
  if (found) return found;
  throw new Problem(`the npm package ${name} is not installed`);
}

/** The installed version of a package. */
export const packageVersion = (name) => readJson(path.join(packageFolder(name), 'package.json'))?.version;
