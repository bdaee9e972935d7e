/**
 * Measures programs against each other in turns, so that a busy moment of the machine hits all of them.
 *
 * Each contender is a process of its own (own threads, own peak memory) that lives as long as the contest. It prints
 * one line of JSON `{"name": …}` when it is ready, then answers every line on its stdin with
 * `{"seconds": …, "rssMb": …}`: what one repetition took and its peak memory so far. It ends with its stdin.
 */
import { spawn } from 'node:child_process';
import readline from 'node:readline';
import { expected } from '../lib/errors.ts';
import { checkShape, object, parseJson, realNumber } from '../lib/io/schema.ts';
import type { Measurement } from './job.ts';

const measuredSchema = object({ seconds: realNumber, rssMb: realNumber });

export interface Contender {
  readonly name: string;
  /** Everything that the ready line said. */
  readonly ready: Record<string, unknown>;
  /** Runs one repetition. */
  repeat(): Promise<{ seconds: number; rssMb: number }>;
  stop(): void;
}

/** Starts a contender and waits until it is ready. Throws with its last words when it ends before that. */
export async function startContender(program: string, args: string[]): Promise<Contender> {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  let said = '';
  child.stderr.on('data', (text) => {
    said = (said + text).slice(-2000);
  });
  child.stdin.on('error', () => {}); // A contender that has ended is reported by `answer`.
  const failed = new Promise<never>((_, reject) => {
    const fail = (how: string) =>
      reject(
        expected(`${[program, ...args].join(' ')} to keep running`, `${how} ${said.trim().split('\n').at(-1)}`.trim()),
      );
    child.once('error', (error) => fail(error.message));
    child.once('close', (code, signal) => fail(signal ?? `exit code ${code}`));
  });
  failed.catch(() => {}); // Without a pending answer nobody waits for it, as at the regular end.
  const lines = readline.createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async (): Promise<Record<string, unknown>> => {
    for (;;) {
      const line = await Promise.race([lines.next(), failed]);
      if (line.done) return failed;
      if (line.value.startsWith('{')) return checkShape(parseJson(line.value), object({}), program);
    }
  };
  const ready = await answer();
  return {
    name: String(ready.name),
    ready,
    async repeat() {
      child.stdin.write('step\n');
      return checkShape(await answer(), measuredSchema, program);
    },
    stop: () => void child.stdin.end(),
  };
}

/** A contender written in TypeScript, run by this Node with this process's flags. */
export const startOurs = (script: string, ...args: string[]): Promise<Contender> =>
  startContender(process.execPath, [...process.execArgv, script, ...args]);

/**
 * Lets every contender repeat `n` times in turns, after `warmUp` unmeasured turns. The
 * measurements come in their order.
 */
export async function contest(contenders: Contender[], n: number, warmUp = 2): Promise<Measurement[]> {
  const measurements = contenders.map(({ name }) => ({ name, seconds: [] as number[], rssMb: 0 }));
  for (let turn = -warmUp; turn < n; turn++) {
    for (const [i, contender] of contenders.entries()) {
      const { seconds, rssMb } = await contender.repeat();
      if (turn >= 0) measurements[i].seconds.push(seconds);
      measurements[i].rssMb = Math.round(rssMb);
    }
  }
  return measurements;
}
