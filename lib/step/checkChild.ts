/** The check of a compiled step in a process of its own, for an eager step needs several times the memory. */
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { CannotCompile } from 'axunet-engine/errors';
import { messageOf } from '../errors.ts';
import { checkShape, parseJson } from '../io/schema.ts';
import { type StepCheck, stepCheckSchema } from './checkStep.ts';
import type { CheckTask } from './checkTask.ts';

const entry = fileURLToPath(new URL('./checkChildMain.mjs', import.meta.url));

/** Runs the task in a child. Throws a CannotCompile with the child's last words where it ends without an answer. */
export async function checkInChild(task: CheckTask): Promise<StepCheck> {
  const child = spawn(process.execPath, [entry], { stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.on('error', () => {}); // a child that ends at once is reported below
  child.stdin.end(JSON.stringify(task));
  const [out, problems] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const answer = out.split('\n').find((line) => line.startsWith('{'));
  if (answer) return stepCheckIn(answer);
  const last = problems.trim().split('\n').at(-1) || 'it ended without a word';
  throw new CannotCompile('the step', `the check of the compiled step did not finish (${last})`);
}

/** What a child answered. Throws a CannotCompile for anything but two finite numbers. */
export function stepCheckIn(answer: string): StepCheck {
  try {
    return checkShape(parseJson(answer), stepCheckSchema);
  } catch (error) {
    throw new CannotCompile('the step', `the check of the compiled step gave no answer (${messageOf(error)})`);
  }
}
