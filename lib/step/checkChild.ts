/** The check of a compiled step in a process of its own: an eager step of a large network needs several times the memory. */
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { UserError } from '../errors.ts';
import type { Batch } from '../preprocess/batches.ts';
import { projectPath } from '../settings.ts';
import type { RunDescription } from '../train/run.ts';
import type { StepCheck } from './checkStep.ts';

/** Runs `axunet check-step` for the network and configuration of a run. */
export async function checkInChild(
  { model, config }: Pick<RunDescription, 'model' | 'config'>,
  { n }: Pick<Batch, 'n'>,
): Promise<StepCheck> {
  const child = spawn(process.execPath, [projectPath('lib/cli/axunet.mjs'), 'check-step', '--task', '-', '--json'], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.on('error', () => {}); // a child that ends at once is reported below
  child.stdin.end(JSON.stringify({ model, config, batch: n }));
  const [out, problems] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const answer = out.split('\n').find((line) => line.startsWith('{'));
  if (answer) return JSON.parse(answer) as StepCheck;
  throw new UserError(
    `the check of the compiled step did not finish (${problems.trim().split('\n').at(-1) || 'it ended without a word'})`,
  );
}
