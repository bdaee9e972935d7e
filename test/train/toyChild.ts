/** Trains the toy run in a process of its own, to be killed: `toyChild.ts FOLDER`. Prints each step's number. */
import { train } from '../../lib/train/trainer.ts';
import { toyRun } from './toy.ts';

async function main(): Promise<void> {
  // a checkpoint after each step: a kill often hits one
  const run = await toyRun(process.argv[2], { epochs: 12, checkpointMinutes: 0 });
  await train(run, { resume: true, onStep: ({ step }) => console.log(step) });
}
void main().catch((error: { message: string; exitCode?: number }) => {
  console.error(error.message);
  process.exitCode = error.exitCode ?? 1;
});
