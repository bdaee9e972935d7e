/**
 * Several trainings at once, each in a process of its own with one thread: more steps a second than one after the other
 * with all threads, and the same sums in the same order on every machine of a kind.
 */
import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { projectPath } from 'axunet/settings';

/** With more threads sums are split otherwise, and the last bits differ. */
const oneThread = { TF_NUM_INTRAOP_THREADS: '1' };
/** Exit code of a training that a signal has stopped and that can go on. */
const stopped = 75;

export interface SideBySide {
  /** A script of the project, such as `scripts/study.mjs`. */
  readonly script: string;
  /** Its arguments for one of the names. */
  readonly argumentsFor: (name: string) => readonly string[];
  /** Where what they print goes, a file for each name. */
  readonly logs: string;
  /** How many at once; one for each processor by default. */
  readonly atOnce?: number;
  readonly say?: (line: string) => void;
}

/** Runs one child to its end; its exit code. Signals are handed on. */
function runChild(name: string, { script, argumentsFor }: SideBySide, log: string): Promise<number> {
  const output = openSync(log, 'a');
  const child = spawn(process.execPath, [projectPath(script), ...argumentsFor(name)], {
    stdio: ['ignore', output, output],
    env: { ...process.env, ...oneThread },
  });
  const stop = (): void => void child.kill('SIGTERM');
  const signals = ['SIGINT', 'SIGTERM'] as const;
  for (const signal of signals) process.on(signal, stop);
  return new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 1));
  }).finally(() => {
    closeSync(output);
    for (const signal of signals) process.off(signal, stop);
  });
}

/** Runs the names, so many at once. `failed` holds those that did not end well; after a signal none is begun. */
export async function runSideBySide(
  names: readonly string[],
  options: SideBySide,
): Promise<{ failed: string[]; isStopped: boolean }> {
  const { logs, atOnce = os.availableParallelism(), say = console.log } = options;
  await mkdir(logs, { recursive: true });
  const waiting = [...names];
  const failed: string[] = [];
  let isStopped = false;
  async function work(): Promise<void> {
    for (let name = waiting.shift(); name !== undefined && !isStopped; name = waiting.shift()) {
      const log = path.join(logs, `${name}.log`);
      say(`${name}: begins, or goes on; what it prints is in ${path.relative(projectPath(), log)}`);
      const code = await runChild(name, options, log);
      say(`${name}: ${code === 0 ? 'is finished' : `ended with ${code}`}`);
      if (code !== 0) failed.push(name);
      isStopped ||= code === stopped;
    }
  }
  await Promise.all(Array.from({ length: Math.max(1, atOnce) }, work));
  return { failed, isStopped };
}
