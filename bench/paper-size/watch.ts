/** Runs a command and watches it and all its descendants: wall time, processor time, resident memory. Linux only. */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { expected } from '../../lib/errors.ts';

/** What a command took. */
export interface Watched {
  readonly seconds: number;
  /** Processor seconds of the command and its descendants. */
  readonly cpuS: number;
  /** Largest sum of the resident memory of all its processes, in MiB. */
  readonly peakMb: number;
  /** The largest sums in equal parts of its time, in MiB. */
  readonly mbOverTime: readonly number[];
}

const everyMs = 200;
const parts = 40;
/** Ticks of proc(5): USER_HZ is 100 on all systems that Node runs on. */
const ticksPerSecond = 100;
const pageMb = 4096 / 2 ** 20;

interface ProcessState {
  readonly parent: number;
  /** With that of descendants that have ended and were waited for. */
  readonly cpuS: number;
  readonly mb: number;
}

function stateOf(pid: string): ProcessState | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const ticks = fields[11]! + fields[12]! + fields[13]! + fields[14]!;
    return { parent: fields[1]!, cpuS: ticks / ticksPerSecond, mb: fields[21]! * pageMb };
  } catch {
    return undefined; // it has just ended
  }
}

/** Sums over a process and its living descendants. */
export function treeState(root: number): { readonly cpuS: number; readonly mb: number } {
  const states = new Map<number, ProcessState>();
  for (const name of readdirSync('/proc')) {
    const state = /^\d+$/.test(name) ? stateOf(name) : undefined;
    if (state) states.set(Number(name), state);
  }
  const belongs = (pid: number): boolean => {
    for (let at = pid; states.has(at); at = states.get(at)!.parent) if (at === root) return true;
    return false;
  };
  let [cpuS, mb] = [0, 0];
  for (const [pid, state] of states) {
    if (!belongs(pid)) continue;
    cpuS += state.cpuS;
    mb += state.mb;
  }
  return { cpuS, mb };
}

/** The largest of the samples in each of `count` equal parts of the time; fewer samples are kept as they are. */
export function largestInParts(samples: readonly number[], count = parts): number[] {
  if (samples.length <= count) return samples.map(Math.round);
  return Array.from({ length: count }, (_, k) => {
    const [from, to] = [k, k + 1].map((edge) => Math.floor((edge * samples.length) / count));
    return Math.round(Math.max(...samples.slice(from, to)));
  });
}

/**
 * Waits for the command's end; `onLine` hears what it prints. Throws a UserError with its last words where it does not
 * end with exit code 0.
 */
export async function watchCommand(
  program: string,
  args: readonly string[],
  { env, onLine }: { env?: Readonly<Record<string, string>>; onLine?: (line: string) => void } = {},
): Promise<Watched> {
  if (process.platform !== 'linux') throw expected('Linux, whose /proc tells the memory of programs', process.platform);
  const began = performance.now();
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
  let said = '';
  let cpuS = 0;
  const samples: number[] = [];
  const sample = (): void => {
    const state = treeState(child.pid!);
    cpuS = Math.max(cpuS, state.cpuS);
    samples.push(state.mb);
  };
  const timer = setInterval(sample, everyMs);
  const hear = (text: string): void => {
    said = (said + text).slice(-4000);
    for (const line of text.split('\n')) if (line.trim() !== '') onLine?.(line);
  };
  child.stdout.setEncoding('utf8').on('data', hear);
  child.stderr.setEncoding('utf8').on('data', hear);
  const how = await new Promise<string>((resolve) => {
    child.once('error', ({ message }) => resolve(message));
    child.once('close', (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
  clearInterval(timer);
  if (how !== 'exit code 0')
    throw expected(
      `${[program, ...args].join(' ')} to end well`,
      `${how}: ${said.trim().split('\n').slice(-3).join(' ')}`,
    );
  const seconds = (performance.now() - began) / 1000;
  return { seconds, cpuS, peakMb: Math.round(Math.max(0, ...samples)), mbOverTime: largestInParts(samples) };
}
