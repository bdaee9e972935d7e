// `npm start`: from a fresh clone to trained networks and figures. See start-options.mjs for the options.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { duration, inProject, Problem, readJson, root, run, runMain, writeJson } from './common.mjs';
import { checkNode } from './node-version.mjs';
import { expectedTimings, notebookNames, runNotebooks, timingFiles } from './run-notebooks.mjs';
import { prepare } from './setup.mjs';
import { help, parseOptions } from './start-options.mjs';
import { statusLine } from './status-line.mjs';

const latest = inProject('figures/latest');
const shown = (file) => path.relative(root, file);

function chooseNotebooks(wanted) {
  const all = notebookNames();
  if (!all.length)
    throw new Problem('Expected notebooks in the folder notebooks, found none: clone the repository again.');
  const unknown = wanted.find((name) => !all.includes(name));
  if (unknown) throw new Problem(`Expected --notebook to be one of ${all.join(', ')}, found "${unknown}".`);
  return all.filter((name) => !wanted.length || wanted.includes(name));
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

/** The last words: engine, how good, where everything is, what to do next, how long it took. */
function summary(engine, figures, refresh, seconds) {
  const metrics = readJson(path.join(figures, 'summary.json'));
  const lines = ['', `Engine       ${metrics?.engine ?? engine}`];
  if (metrics?.dice?.length) {
    const values = metrics.dice.map(({ dice }) => dice);
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    lines.push(
      `DSC          ${mean.toFixed(3)} on ${values.length} unseen patients: ${metrics.dice.map(({ patient, dice }) => `${patient} ${dice.toFixed(3)}`).join(', ')}`,
    );
  }
  lines.push(
    `Notebooks    ${refresh ? 'notebooks/*.ipynb (refreshed)' : `${shown(latest)}/*.ipynb (executed copies)`}`,
    `Figures      ${shown(figures)}/`,
    'Trained runs runs/',
    `Time         ${duration(seconds)}`,
    '',
    'Next: npm run lab                                step through the notebooks in Jupyter',
    '      npm start -- --help                        other data sets, folds, longer training',
    '      npm run axunet -- predict --help           segment your own CT volumes',
  );
  return lines.join('\n');
}

async function main() {
  const started = performance.now();
  const {
    help: wantsHelp,
    refresh,
    notebooks,
    env,
  } = parseOptions(process.argv.slice(2), process.env.INIT_CWD ?? process.cwd());
  if (wantsHelp) return console.log(help);
  Object.assign(process.env, env);
  console.log(`AX-Unet notebooks · Node ${process.versions.node} · ${os.availableParallelism()} cores`);
  const engine = await prepare();
  console.log(`Engine: ${engine}`);
  const names = chooseNotebooks(notebooks);
  const dataset = process.env.AXUNET_DATASET || 'phantom';
  if (dataset === 'phantom' && !process.env.AXUNET_DATA) await makePhantoms();

  const figures = refresh ? inProject('figures') : latest;
  fs.mkdirSync(latest, { recursive: true });
  if (names.includes('pipeline')) fs.rmSync(path.join(figures, 'summary.json'), { force: true }); // that of an earlier run must not pass for this one's
  const key = [process.env.AXUNET_PROFILE || 'demo', dataset, engine.split(' ')[0].toLowerCase()].join(' ');
  console.log(`Running ${names.length === 1 ? names[0] : `${names.length} notebooks`} (${key})`);
  const result = await runNotebooks(names, {
    outFolder: latest,
    env: { AXUNET_FIGURES: figures },
    expected: expectedTimings(key),
    status: statusLine(),
  });
  keepTimings(timingFiles.own, key, result.timings);
  if (result.failed) {
    const { name, error } = result.failed;
    throw new Problem(
      `\nThe notebook ${name} failed; the copy with the error is ${shown(latest)}/${name}.ipynb\n\n${error}`,
    );
  }
  if (refresh) {
    refreshNotebooks(names);
    keepTimings(timingFiles.brought, key, result.timings);
  }
  console.log(summary(engine, figures, refresh, (performance.now() - started) / 1000));
  return 0;
}

checkNode();
runMain(main);
