/** Several runs of a study at once, each in a process of its own with one thread: more steps a second than one after
 * the other with all threads, and the same numbers on every machine that has one thread. */
import { spawn } from 'node:child_process';
import { mkdirSync, openSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { projectPath } from 'axunet/settings';

export interface SideBySide {
  readonly study: string;
  readonly dataFolder?: string;
  /** Processes at a time; one for each processor by default. */
  readonly processes?: number;
  readonly say?: (line: string) => void;
}

/** The exit code of `npm run study -- STUDY --one RUN`, whose words go into a file beside the run folders. */
function trainOneApart(
  run: string,
  { study, dataFolder }: SideBySide,
  children: Set<AbortController>,
): Promise<number> {
  const log = projectPath(path.join('runs/study', study, `${run}.log`));
  mkdirSync(path.dirname(log), { recursive: true });
  const out = openSync(log, 'w');
  const stop = new AbortController();
  children.add(stop);
  const data = dataFolder === undefined ? [] : ['--data', dataFolder];
  const child = spawn(process.execPath, [projectPath('scripts/study.mjs'), study, '--one', run, ...data], {
    stdio: ['ignore', out, out],
    env: { ...process.env, TF_NUM_INTRAOP_THREADS: '1' },
    signal: stop.signal,
    killSignal: 'SIGTERM',
  });
  return new Promise((resolve) => {
    const end = (code: number): void => {
      children.delete(stop);
      resolve(code);
    };
    child.on('exit', (code) => end(code ?? 1));
    child.on('error', () => end(1));
  });
}

/**
 * Trains the runs of these names, as many at a time as there are processors. A run that fails says why in its file
 * (`runs/study/STUDY/RUN.log`) and is tried again by whoever records the study. After a signal the running ones save
 * and end, and the result is false.
 */
export async function trainSideBySide(runs: readonly string[], options: SideBySide): Promise<boolean> {
  const { processes = os.availableParallelism(), say = console.log } = options;
  const children = new Set<AbortController>();
  let isStopped = false;
  const stop = (): void => {
    isStopped = true;
    for (const child of children) child.abort();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop);
  const left = [...runs];
  const work = async (): Promise<void> => {
    for (let run = left.shift(); run !== undefined && !isStopped; run = left.shift()) {
      say(`${options.study} ${run}: starts (${runs.length - left.length} of ${runs.length})`);
      const code = await trainOneApart(run, options, children);
      if (code !== 0 && !isStopped) say(`${options.study} ${run}: ended with ${code}, see runs/study/${options.study}`);
    }
  };
  await Promise.all(Array.from({ length: Math.min(processes, runs.length) }, work));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, stop);
  return !isStopped;
}
