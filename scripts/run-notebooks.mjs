// Executes notebooks headless, one process each, the next one being prepared meanwhile, and shows how far they are and
// how long it will take.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { duration, inProject, isObject, readJson, run } from './common.mjs';
import { startEnvironment } from './environment.mjs';
import { nodeFlags } from './install.mjs';

const order = ['preprocessing', 'pipeline', 'boundary-aware-loss', 'radiomics'];

/**
 * Names of the notebooks (without suffix) in the order in which they build on each other. Others in the folder are a
 * reader's: `npm start -- --notebook NAME` runs one of them.
 */
export const notebookNames = () => order.filter(isThere);

/** Whether the folder holds a notebook of that name. */
export const isThere = (name) => path.basename(name) === name && fs.existsSync(inProject('notebooks', `${name}.ipynb`));

/** Less memory than this is left to one notebook at a time. */
const leastForTwo = 6 * 2 ** 30;

/**
 * Starts the process of a notebook, which prepares its first cell and waits for `go`; it ends with this one.
 * @returns {go(hear): lets it run, and tells `hear` of cells and output, ended: what `run` gives when it has ended}
 */
export async function openNotebook(name, { outFolder, env }) {
  let child;
  const args = [inProject('scripts/nbrun.ts'), '--wait', inProject('notebooks', `${name}.ipynb`)];
  const ended = run(process.execPath, [...(await nodeFlags()), ...args, path.join(outFolder, `${name}.ipynb`)], {
    env: { ...process.env, ...startEnvironment, ...env, AXUNET_PROGRESS: 'live', TF_CPP_MIN_LOG_LEVEL: '2' },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    onStart: (started) => {
      child = started;
    },
  });
  return {
    ended,
    go(hear) {
      child.on('message', hear);
      if (child.connected) child.send('go', () => {}); // one that could not be started has ended already
    },
    /** Ends one that will not be run. */
    close: () => child.kill(),
  };
}

/**
 * Runs the notebooks one after the other until one fails; while one runs, the next is prepared.
 * @param names as notebookNames gives them
 * @param options.outFolder where the executed copies go
 * @param options.env variables for the notebooks
 * @param options.expected seconds that each cell took earlier, {name: number[]}
 * @param options.status a status line
 * @returns {failed?: {name, error}, timings: {name: number[]}}
 */
export async function runNotebooks(names, { outFolder, env, expected = {}, status }) {
  const timings = {};
  const open = (i) => (i < names.length ? openNotebook(names[i], { outFolder, env }) : undefined);
  let next = open(0);
  for (const [i, name] of names.entries()) {
    timings[name] = [];
    const progress = startProgress(names, i, timings, expected, status);
    const started = performance.now();
    const current = await next;
    current.go(progress.hear);
    next = os.totalmem() < leastForTwo ? undefined : open(i + 1);
    const { code, signal, stderr } = await current.ended;
    progress.stop();
    if (code !== 0) {
      (await next)?.close();
      const error = stderr.trim().split('\n').slice(-40).join('\n') || `stopped by ${signal ?? `exit code ${code}`}`;
      return { failed: { name, error }, timings };
    }
    next ??= open(i + 1);
    status.print(`  ${name}: ${timings[name].length} cells in ${duration((performance.now() - started) / 1000)}`);
  }
  return { timings };
}

const logEveryS = 15;

/** Shows the cell that runs, the last words of its output, and the time left; in a log file one line every 15 s. */
function startProgress(names, current, timings, expected, status) {
  const name = names[current];
  let cell = { index: 0, count: 0, title: '' };
  let cellStarted = performance.now();
  let words = '';
  const line = () => {
    const left = secondsLeft(names, current, timings, expected, (performance.now() - cellStarted) / 1000);
    const where = cell.count ? `cell ${cell.index + 1} of ${cell.count}` : 'starting';
    return `  ${name}, ${where}${left ? `, about ${duration(left)} left in all` : ''} · ${words || cell.title}`;
  };
  const timer = setInterval(
    () => (status.live ? status.show(line()) : status.print(line())),
    status.live ? 200 : logEveryS * 1000,
  );
  return {
    hear(message) {
      if (message.event === 'start') {
        cell = { index: message.cell, count: message.cells, title: message.title };
        cellStarted = performance.now();
        words = '';
      } else if (message.event === 'end') timings[name].push(Math.round(message.seconds * 10) / 10);
      else
        words =
          message.text
            .split(/[\r\n]+/)
            .map((text) => text.trim())
            .filter(Boolean)
            .at(-1) ?? words;
    },
    stop: () => clearInterval(timer),
  };
}

const sum = (numbers) => numbers.reduce((total, each) => total + each, 0);

/**
 * Seconds until the last notebook ends, from those of an earlier run, stretched by how this machine compares so far.
 * Undefined where no earlier run is known.
 */
export function secondsLeft(names, current, timings, expected, cellSeconds) {
  if (!names.slice(current).every((name) => expected[name])) return undefined;
  const past = names.slice(0, current + 1).filter((name) => expected[name]);
  const wasExpected = sum(past.flatMap((name) => expected[name].slice(0, timings[name].length)));
  const wasMeasured = sum(past.flatMap((name) => timings[name]));
  const stretch = wasExpected >= 5 ? Math.min(20, Math.max(0.05, wasMeasured / wasExpected)) : 1;
  const [running = 0, ...waiting] = expected[names[current]].slice(timings[names[current]].length);
  const later = sum(names.slice(current + 1).flatMap((name) => expected[name]));
  return Math.max(0, running * stretch - cellSeconds) + (sum(waiting) + later) * stretch;
}

/** Where the cells' times of this machine are kept, and those that the repository brings for a first run. */
export const timingFiles = {
  own: inProject('figures/latest/timings.json'),
  brought: inProject('figures/timings.json'),
};

/** The notebooks of a timings file whose times are lists of seconds; a damaged one is one that is not known. */
export function timesIn(value) {
  const isSeconds = (times) => Array.isArray(times) && times.every(Number.isFinite);
  return Object.fromEntries(Object.entries(isObject(value) ? value : {}).filter(([, times]) => isSeconds(times)));
}

/** The times of an earlier run with the same settings (`key`), else those that the repository brings. */
export function expectedTimings(key) {
  return Object.assign({}, ...[timingFiles.brought, timingFiles.own].map((file) => timesIn(readJson(file)?.[key])));
}
