/** Damaged files, one after the other, until a time or a number is over: which errors are no sentence to a user? */
import { messageOf, UserError } from '../../lib/errors.ts';
import { Random } from '../../lib/random.ts';
import type { Target } from './target.ts';

export interface Uncaught {
  readonly target: string;
  /** Number of the case: with the seed it makes the same file again. */
  readonly case: number;
  readonly message: string;
}

export interface FuzzReport {
  /** Cases of each target, and how many of them were refused in a sentence. */
  readonly cases: number;
  readonly refused: number;
  readonly uncaught: readonly Uncaught[];
}

/** A case that takes longer is a fault of its own. */
const longestMs = 10_000;
/** A file may hold megabytes; a sentence quotes a little. */
const longestSentence = 5000;

/** What is wrong with how a damaged file was refused; undefined where it is a sentence that names its place. */
function faultOf(error: unknown, place: string): string | undefined {
  if (!(error instanceof UserError)) return error instanceof Error ? (error.stack ?? error.message) : messageOf(error);
  const isSentence = /^[\p{Lu}"$].{10,}/u.test(error.message) && !/[\0-\x1f\x7f-\x9f\u202a-\u202e]/.test(error.message);
  if (!isSentence || error.message.length > longestSentence) return error.message;
  return error.message.includes(place) ? undefined : `without a file: ${error.message}`;
}

/** Runs cases `from`, `from` + 1 and so on over the targets in turn while `goesOn` says so. */
export async function fuzz(
  targets: readonly Target[],
  seed: number,
  goesOn: (cases: number) => boolean,
  from = 0,
): Promise<FuzzReport> {
  const uncaught: Uncaught[] = [];
  let [cases, refused] = [0, 0];
  for (; goesOn(cases); cases++) {
    const number = from + cases;
    const target = targets[number % targets.length]!;
    target.write(Random.stream(seed, 'fuzz', number));
    const started = performance.now();
    try {
      await target.read();
    } catch (error) {
      refused++;
      const fault = faultOf(error, target.place);
      if (fault !== undefined) uncaught.push({ target: target.name, case: number, message: fault });
    }
    const ms = performance.now() - started;
    if (ms > longestMs) uncaught.push({ target: target.name, case: number, message: `took ${ms.toFixed(0)} ms` });
  }
  return { cases, refused, uncaught };
}
