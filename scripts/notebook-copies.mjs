// A reader's own copies of the notebooks: what `npm run lab` opens, so that notebooks/ stays as git knows it.
import { spawnSync } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { inProject, readJson } from './common.mjs';

/** Below notebooks/, so that cells find the same packages; git ignores it, and `npm start` does not run it. */
export const copiesFolder = 'notebooks/mine';
const listName = '.copied.json';

const sha256 = (file) => crypto.createHash('sha256').update(fs.readFileSync(file)).digest('hex');

/**
 * Copies notebooks that a reader has no copy of, and renews copies that the reader has not changed. What a reader has
 * changed stays.
 * @param names of notebooks, without suffix
 * @param from the folder of the originals
 * @param to the folder of the copies
 * @returns the names of changed copies whose original has become another since
 */
export function copyNotebooks(names, from, to) {
  fs.mkdirSync(to, { recursive: true });
  const listFile = path.join(to, listName);
  // SHA-256 of each copy as it was made, by its name; none where nothing was copied or the list is damaged.
  const made = readJson(listFile) ?? {};
  const outdated = [];
  for (const name of names) {
    const [original, copy] = [from, to].map((folder) => path.join(folder, `${name}.ipynb`));
    const now = sha256(original);
    const isThere = fs.existsSync(copy);
    if (isThere && sha256(copy) !== made[name]) {
      if (made[name] !== now) outdated.push(name);
      continue;
    }
    if (!isThere || made[name] !== now) fs.copyFileSync(original, copy);
    made[name] = now;
  }
  fs.writeFileSync(listFile, `${JSON.stringify(made, null, 2)}\n`);
  return outdated;
}

/** Where the student notebooks of the course lie, and their copies. */
const courseFolders = { from: inProject('notebooks/course/student'), to: inProject(copiesFolder, 'course') };

/** Names of the course's notebooks, without suffix. */
const courseNames = () =>
  fs
    .readdirSync(courseFolders.from)
    .filter((file) => file.endsWith('.ipynb'))
    .map((file) => path.basename(file, '.ipynb'))
    .sort();

/** Copies the student notebooks of the course; gives the names of changed copies whose original is newer. */
export const copyCourse = () => copyNotebooks(courseNames(), courseFolders.from, courseFolders.to);

const stampOf = (date) => date.toISOString().slice(0, 19).replace('T', '-').replaceAll(':', '');

/** A name in a folder that no file has: with the date in it, and a number where there is one of that second. */
function freeName(folder, file, now) {
  const { name, ext } = path.parse(file);
  for (let n = 1; ; n++) {
    const free = `${name}.${stampOf(now)}${n > 1 ? `-${n}` : ''}${ext}`;
    if (!fs.existsSync(path.join(folder, free))) return free;
  }
}

/** Whether git has a file just as it lies there; false where there is no git. */
function isCommitted(file) {
  const ask = (...args) => spawnSync('git', args, { cwd: path.dirname(file), stdio: 'ignore' }).status === 0;
  return ask('ls-files', '--error-unmatch', '--', file) && ask('diff', '--quiet', 'HEAD', '--', file);
}

/**
 * Copies a file that is about to be replaced by other text into a folder, under its name and the date, unless git has
 * it: somebody may have written into it.
 * @returns the copy; undefined where none is needed
 */
export function keepChanged(file, text, folder, now = new Date()) {
  if (!fs.existsSync(file) || fs.readFileSync(file, 'utf8') === text || isCommitted(file)) return undefined;
  fs.mkdirSync(folder, { recursive: true });
  const kept = path.join(folder, freeName(folder, file, now));
  fs.copyFileSync(file, kept, fs.constants.COPYFILE_EXCL);
  return kept;
}

/**
 * A fresh copy of a student notebook; a copy that is there is kept under its name and the date.
 * @returns what was done, in a sentence
 */
export function resetCopy(name, { from, to } = courseFolders, now = new Date()) {
  const copy = path.join(to, `${name}.ipynb`);
  const isThere = fs.existsSync(copy);
  const kept = freeName(to, copy, now);
  if (isThere && fs.readFileSync(copy).equals(fs.readFileSync(path.join(from, `${name}.ipynb`))))
    return `${name}.ipynb is as at the beginning`;
  if (isThere) fs.renameSync(copy, path.join(to, kept));
  copyNotebooks([name], from, to);
  return `${name}.ipynb is as at the beginning${isThere ? `; your old one is ${kept}, beside it` : ''}`;
}
