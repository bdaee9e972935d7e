// Programs on PATH and child processes, which end with the script that started them.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { Problem } from './words.mjs';

/** The first of `names` that is an executable file in a folder of PATH; undefined where none is. */
export function findProgram(...names) {
  return findPrograms(names)[0];
}

/** All executable files called one of `names`, in the order of `names`, then of PATH. */
export function findPrograms(names) {
  const folders = (process.env.PATH ?? '').split(path.delimiter).filter(Boolean);
  return names.flatMap((name) => folders.map((folder) => path.join(folder, name))).filter(isExecutable);
}

function isExecutable(file) {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}

const children = new Set();
let stopping = false;

/**
 * Runs a program to its end and returns {code, signal, stdout, stderr}; a program that cannot be started has code
 * 127. `options.show` passes its output through; `options.timeoutS` kills it after that many seconds (`timedOut` is
 * then true); `options.onStart` gets the child process, and all other options go to `spawn`.
 */
export function run(program, args = [], { show = false, timeoutS, onStart, ...options } = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      stdio: show ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'],
      ...options,
    });
    children.add(child);
    const text = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'])
      child[name]?.setEncoding('utf8').on('data', (chunk) => {
        text[name] += chunk;
      });
    let timedOut = false;
    const timer =
      timeoutS &&
      setTimeout(() => {
        timedOut = true;
        child.kill('SIGKILL');
      }, timeoutS * 1000);
    const finish = (result) => {
      clearTimeout(timer);
      children.delete(child);
      if (!stopping) resolve({ ...text, timedOut, ...result });
    };
    child.on('error', (error) => finish({ code: 127, signal: null, stderr: error.message }));
    child.on('close', (code, signal) => finish({ code, signal }));
    onStart?.(child);
  });
}

/**
 * Runs a script's main function: a `Problem` becomes one sentence and exit code 1; Ctrl-C and
 * SIGTERM stop the children first.
 */
export function runMain(main) {
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ])
    process.on(signal, () => stop(signal, code));
  main().then(
    (code) => {
      process.exitCode = code ?? 0;
    },
    (error) => {
      console.error(error instanceof Problem ? error.message : error);
      process.exitCode = 1;
    },
  );
}

/**
 * Passes the signal on, lets the children save what they save for ten seconds, and leaves
 * (temporary folders go at 'exit').
 */
async function stop(signal, code) {
  if (stopping) return;
  stopping = true;
  const ends = [...children].map((child) => new Promise((resolve) => child.once('close', resolve)));
  for (const child of children) child.kill(signal);
  await Promise.race([Promise.all(ends), new Promise((resolve) => setTimeout(resolve, 10_000))]);
  for (const child of children) child.kill('SIGKILL');
  console.error(`\nStopped by ${signal}.`);
  process.exit(code);
}
