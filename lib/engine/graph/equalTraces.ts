/** Whether JavaScript computes the same graph each time. */
import { CannotCompile } from '../errors.ts';
import type { Trace } from './trace.ts';

/**
 * Throws where two traces of the same code differ: then JavaScript computes something anew in each call (a counter, a
 * time, a random number), whose value of this moment would be frozen. Names the operation that reads it.
 */
export function assertEqualTraces(one: Trace, other: Trace): void {
  const at = one.notes.findIndex((note, i) => note !== other.notes[i]);
  if (at < 0 && one.notes.length === other.notes.length) return;
  const [type, name] = JSON.parse(one.notes[at] ?? other.notes.at(-1)!) as [string, string];
  const reader = one.notes
    .map((note) => JSON.parse(note) as [string, string, (string | string[])[]])
    .find(([, , inputs]) => inputs.flat().includes(name));
  throw new CannotCompile(
    type === 'Const' && reader ? reader[0] : type,
    'it uses a value that JavaScript computes anew in each call, which would be frozen',
  );
}
