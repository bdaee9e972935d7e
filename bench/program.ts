/** Runs a program to its end and hears the JSON that it prints, one object a line. */
import { spawn } from 'node:child_process';
import readline from 'node:readline';
import { expected } from '../lib/errors.ts';
import { checkShape, object, parseJson, type Schema } from '../lib/io/schema.ts';

/** A line of JSON that a program printed. */
export type Line = Readonly<Record<string, unknown>>;

interface ProgramOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Hears each line when it comes. */
  readonly onLine?: (line: Line) => void;
}

/**
 * The lines of JSON of a program, which has ended well; other lines of its output are left out. Throws a UserError with
 * its last words where it ended otherwise.
 */
export async function runProgram(
  program: string,
  args: readonly string[],
  { env, onLine }: ProgramOptions = {},
): Promise<Line[]> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
  let said = '';
  child.stderr.on('data', (text) => {
    said = (said + text).slice(-4000);
  });
  const ended = new Promise<string>((resolve) => {
    child.once('error', ({ message }) => resolve(message));
    child.once('close', (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
  const lines: Line[] = [];
  for await (const text of readline.createInterface({ input: child.stdout })) {
    if (!text.startsWith('{')) continue;
    const line = checkShape(parseJson(text), object({}), program);
    lines.push(line);
    onLine?.(line);
  }
  const how = await ended;
  if (how !== 'exit code 0')
    throw expected(
      `${[program, ...args].join(' ')} to end well`,
      `${how}: ${said.trim().split('\n').slice(-3).join(' ')}`,
    );
  return lines;
}

/** The lines of a kind, checked. */
export const linesOf = <T>(lines: readonly Line[], kind: string, schema: Schema<T>): T[] =>
  lines
    .filter((line) => line.kind === kind)
    .map((line) => checkShape(line as unknown, schema, undefined, `a line of kind ${kind}`));

/** The only line that has `key`, checked. */
export function lineWith<T>(lines: readonly Line[], key: string, schema: Schema<T>): T {
  return checkShape(
    lines.find((line) => key in line),
    schema,
    undefined,
    `a line with ${key}`,
  );
}
