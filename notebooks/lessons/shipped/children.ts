/** Members trained side by side, each in a process of its own with one thread: the same sums in the same order. */
import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { projectPath } from 'axunet/settings';

/** With more threads sums are split otherwise, and the last bits differ. */
const oneThread = { TF_NUM_INTRAOP_THREADS: '1' };

interface ChildOptions {
  /** Of the command, for every member. */
  readonly args: readonly string[];
  /** Where what they print goes, a file a member. */
  readonly logs: string;
  readonly atOnce: number;
}

/** Runs one member to its end; its exit code. */
function runChild(name: string, args: readonly string[], log: string): Promise<number> {
  const output = openSync(log, 'a');
  const child = spawn(process.execPath, [projectPath('scripts/weights.mjs'), '--member', name, ...args], {
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

/** Trains the members, so many at once; the names of those that did not end well. One that was stopped is one. */
export async function trainInChildren(
  names: readonly string[],
  { args, logs, atOnce }: ChildOptions,
): Promise<string[]> {
  await mkdir(logs, { recursive: true });
  const waiting = [...names];
  const failed: string[] = [];
  let isStopped = false;
  async function work(): Promise<void> {
    for (let name = waiting.shift(); name !== undefined && !isStopped; name = waiting.shift()) {
      const log = path.join(logs, `${name}.log`);
      console.log(`${name}: begins, or goes on; what it prints is in ${path.relative(projectPath(), log)}`);
      const code = await runChild(name, args, log);
      console.log(`${name}: ${code === 0 ? 'is finished' : `ended with ${code}`}`);
      if (code !== 0) failed.push(name);
      isStopped ||= code === 75;
    }
  }
  await Promise.all(Array.from({ length: Math.max(1, atOnce) }, work));
  return failed;
}
