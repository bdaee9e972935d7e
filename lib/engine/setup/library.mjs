// Whether the TensorFlow library that was set up is still whole: a damaged one kills the process that loads it.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { bindingFile, fingerprint, libraries } from './binding.mjs';
import { isObject, packageFolder, readJson } from './files.mjs';

/**
 * What was set up, or why nothing was: {ready?: …, reason?: string, rejected: {[library]: reason}}. `ready.library` is
 * the fingerprint of the library, `ready.sha256` the checksums of what is loaded. In node_modules, since `npm ci`
 * empties it together with all that the note is about.
 */
export const noteFile = () =>
  path.resolve(packageFolder('@tensorflow/tfjs-node-gpu'), '../..', '.axunet', 'tensorflow.json');

/** What an earlier set-up noted; a part of another shape counts as not noted. */
export function readNote(file = noteFile()) {
  const { ready, rejected } = readJson(file) ?? {};
  const areTexts = (values) => values.every((value) => typeof value === 'string');
  const isReady = isObject(ready) && areTexts([ready.version, ready.folder, ready.source]);
  const isWhole = isReady && Array.isArray(ready.library) && areTexts(ready.library);
  const isTable = isObject(rejected) && areTexts(Object.values(rejected));
  return { ready: isWhole ? ready : undefined, rejected: isTable ? { ...rejected } : {} };
}

/** SHA-256 of a file of any size, as 64 hexadecimal digits. */
export const sha256File = async (file) => {
  const hash = createHash('sha256');
  for await (const chunk of fs.createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(chunk);
  return hash.digest('hex');
};

const loadedFiles = (folder) => [...libraries.map((name) => path.join(folder, name)), bindingFile()];

/** The checksums of the library's files in `folder` and of the binding, in this order (read through: two seconds). */
export const checksums = (folder) => Promise.all(loadedFiles(folder).map(sha256File));

const unlike = (file, how) =>
  `the library ${file} ${how}, so it is not loaded; \`npm run setup\` sets TensorFlow up anew`;

/**
 * Why the library must not be loaded, in words: a file is gone, or has another size or date than at set-up. Undefined
 * where all is as it was, or nothing is known of it. Looks at names, sizes and dates alone.
 */
export function whyChanged(note = readNote()) {
  const { folder, library } = note?.ready ?? {};
  if (!folder || !Array.isArray(library)) return undefined;
  const gone = libraries.map((name) => path.join(folder, name)).find((file) => !fs.existsSync(file));
  if (gone) return unlike(gone, 'is gone');
  const found = fingerprint(folder);
  const at = found.findIndex((print, i) => print !== library[i]);
  if (at < 0) return undefined;
  const sizeIn = (print) => print.split(' ').at(-2);
  const [file] = found[at].split(/ \d+ \d+$/);
  const [size, before] = [found[at], library[at]].map(sizeIn);
  return unlike(file, size === before ? 'was changed since its set-up' : `has ${size} instead of ${before} bytes`);
}

/** The same with every byte compared, where set-up noted the checksums; two seconds. */
export async function whyDamaged(note = readNote()) {
  const changed = whyChanged(note);
  const { folder, sha256 } = note?.ready ?? {};
  if (changed || !Array.isArray(sha256)) return changed;
  const found = await checksums(folder);
  const at = found.findIndex((sum, i) => sum !== sha256[i]);
  return at < 0 ? undefined : unlike(loadedFiles(folder)[at], 'has other bytes than at its set-up');
}
