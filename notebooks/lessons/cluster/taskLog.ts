/** What scripts/cluster/task.sh writes down of each task: when it began and ended, where, and with which exit code. */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { readText } from 'axunet/io/files';

/** One start of a task. Times in seconds since 1970. */
export interface Attempt {
  readonly stage: string;
  readonly number: number;
  readonly node: string;
  readonly begin: number;
  /** Undefined where it was killed with its node. */
  readonly end?: number;
  readonly code?: number;
}

/** The attempts in one log, `1.5 begin NODE PID` and `2.5 end CODE NODE PID`, in their order. */
export function attemptsIn(text: string, stage: string, number: number): Attempt[] {
  const attempts: Attempt[] = [];
  for (const line of text.split('\n').filter(Boolean)) {
    const [time, what, first] = line.split(' ') as [string, string, string];
    if (what === 'begin') attempts.push({ stage, number, node: first, begin: Number(time) });
    const last = attempts.at(-1);
    if (what === 'end' && last) attempts[attempts.length - 1] = { ...last, end: Number(time), code: Number(first) };
  }
  return attempts;
}

/** What was done to the tasks on purpose, by the time. */
export interface Fault {
  readonly at: number;
  readonly what: string;
}

/** All attempts of a work folder in the order of their begin, and the faults. */
export async function readTaskLogs(work: string): Promise<{ attempts: Attempt[]; faults: Fault[] }> {
  const attempts: Attempt[] = [];
  const faults: Fault[] = [];
  for (const name of (await readdir(path.join(work, 'log'))).sort()) {
    const text = async () => readText(path.join(work, 'log', name), 'the log of a task');
    const [, stage, number] = /^(.+)-(\d+)\.log$/.exec(name) ?? [];
    if (stage !== undefined) attempts.push(...attemptsIn(await text(), stage, Number(number)));
    if (name !== 'faults.txt') continue;
    for (const line of (await text()).split('\n').filter(Boolean)) {
      const [at, ...words] = line.split(' ');
      faults.push({ at: Number(at), what: words.join(' ') });
    }
  }
  return { attempts: attempts.sort((a, b) => a.begin - b.begin), faults };
}
