// JSON files that a killed script leaves whole, and where npm has put packages.
import fs from 'node:fs';
import path from 'node:path';
import { Problem } from './words.mjs';

/** Whether a value is what braces write. */
export const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The object that a JSON text holds; undefined where it is not JSON or holds something else. */
export function parseObject(text) {
  try {
    const value = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The object in a JSON file; undefined where there is no such file, or no object in it. */
export function readJson(file) {
  try {
    return fs.statSync(file).isFile() ? parseObject(fs.readFileSync(file, 'utf8')) : undefined;
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
