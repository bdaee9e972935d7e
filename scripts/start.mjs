// `npm start`: from a fresh clone to trained networks and figures. See start-options.mjs for the options.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { duration, inProject, isObject, Problem, readJson, root, run, runMain, writeJson } from './common.mjs';
import { checkNode } from './node-version.mjs';
import { expectedTimings, isThere, notebookNames, runNotebooks, timingFiles } from './run-notebooks.mjs';
import { prepare } from './setup.mjs';
import { help, parseOptions } from './start-options.mjs';
import { statusLine } from './status-line.mjs';

const latest = inProject('figures/latest');
const shown = (file) => path.relative(root, file);

function chooseNotebooks(wanted) {
  const all = notebookNames();
  if (!all.length)
    throw new Problem('Expected notebooks in the folder notebooks, found none: clone the repository again.');
  const unknown = wanted.find((name) => !isThere(name));
  if (unknown) throw new Problem(`Expected --notebook to be one of ${all.join(', ')}, found "${unknown}".`);
  if (!wanted.length) return all;
  return [...all.filter((name) => wanted.includes(name)), ...wanted.filter((name) => !all.includes(name))];
}

/** The generated patients that the notebooks learn from when no other data set is named. */
async function makePhantoms() {
  const { code } = await run(process.execPath, [inProject('lib/cli/axunet.mjs'), 'phantom'], { show: true });
  if (code !== 0) throw new Problem('The phantom cohort could not be made; the reason is above.');
}

/** Puts executed notebooks in the place of the committed ones: only after all of them succeeded. */
function refreshNotebooks(names) {
  for (const name of names)
    fs.copyFileSync(path.join(latest, `${name}.ipynb`), inProject('notebooks', `${name}.ipynb`));
}

function keepTimings(file, key, timings) {
  const old = readJson(file) ?? {};
  writeJson(file, { ...old, [key]: { ...old[key], ...timings } });
}

/** How good the networks are: the mean over the patients, and each of them. */
function diceLines({ dice }) {
  const isScore = (one) => isObject(one) && typeof one.patient === 'string' && Number.isFinite(one.dice);
  if (!Array.isArray(dice) || dice.length === 0 || !dice.every(isScore)) return [];
  const mean = dice.reduce((sum, { dice: one }) => sum + one, 0) / dice.length;
  const each = dice.map(({ patient, dice: one }) => `${patient} ${one.toFixed(3)}`).join(', ');
  return [`DSC          ${mean.toFixed(3)} on ${dice.length} unseen patients: ${each}`];
}

/** The last words: engine, how good, where everything is, what to do next, how long it took. */
function summary(engine, figures, refresh, seconds) {
  const metrics = readJson(path.join(figures, 'summary.json')) ?? {};
  return [
    '',
    `Engine       ${metrics.engine ?? engine}`,
    ...diceLines(metrics),
    `Notebooks    ${refresh ? 'notebooks/*.ipynb (refreshed)' : `${shown(latest)}/*.ipynb (executed copies)`}`,
    `Figures      ${shown(figures)}/`,
    'Trained runs runs/',
    `Time         ${duration(seconds)}`,
    '',
    'Next: npm run lab                                step through the notebooks in Jupyter',
    '      npm start -- --help                        other data sets, folds, longer training',
    '      npm run axunet -- predict --help           segment your own CT volumes',
  ].join('\n');
}

/** Runs notebooks and remembers how long their cells took. Throws a Problem for one that fails. */
async function runAndTime(names, key, figures) {
  console.log(`Running ${names.length === 1 ? names[0] : `${names.length} notebooks`} (${key})`);
  const { failed, timings } = await runNotebooks(names, {
    outFolder: latest,
    env: { AXUNET_FIGURES: figures },
    expected: expectedTimings(key),
    status: statusLine(),
  });
  keepTimings(timingFiles.own, key, timings);
  if (!failed) return timings;
  const copy = `${shown(latest)}/${failed.name}.ipynb`;
  throw new Problem(`\nThe notebook ${failed.name} failed; the copy with the error is ${copy}\n\n${failed.error}`);
}

async function main() {
  const started = performance.now();
  const options = parseOptions(process.argv.slice(2), process.env.INIT_CWD ?? process.cwd());
  if (options.help) return console.log(help);
  const { refresh } = options;
  Object.assign(process.env, options.env);
  console.log(`AX-Unet notebooks · Node ${process.versions.node} · ${os.availableParallelism()} cores`);
  const engine = await prepare();
  console.log(`Engine: ${engine}`);
  const names = chooseNotebooks(options.notebooks);
  const dataset = process.env.AXUNET_DATASET || 'phantom';
  if (dataset === 'phantom' && !process.env.AXUNET_DATA) await makePhantoms();

  const figures = refresh ? inProject('figures') : latest;
  fs.mkdirSync(latest, { recursive: true });
  // The summary of an earlier run must not pass for this one's.
  if (names.includes('pipeline')) fs.rmSync(path.join(figures, 'summary.json'), { force: true });
  const key = [process.env.AXUNET_PROFILE || 'demo', dataset, engine.split(' ')[0].toLowerCase()].join(' ');
  const timings = await runAndTime(names, key, figures);
  if (refresh) {
    refreshNotebooks(names);
    keepTimings(timingFiles.brought, key, timings);
  }
  console.log(summary(engine, figures, refresh, (performance.now() - started) / 1000));
  return 0;
}

checkNode();
runMain(main);
