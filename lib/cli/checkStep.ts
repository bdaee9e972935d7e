/** `axunet check-step`: is the compiled training step the one that runs operation by operation? */
import { parseArgs } from 'node:util';
import { expected } from '../errors.ts';
import { modelConfig } from '../model/axunet.ts';
import { isEqualEnough } from '../step/checkStep.ts';
import { type CheckTask, runCheckTask } from '../step/checkTask.ts';
import { parseChanges, trainConfig } from '../train/config.ts';
import type { Command } from './command.ts';

const help = `axunet check-step [options]

Compiles the training step of a network and compares its loss and all gradients with those of the step that runs
operation by operation, on made-up images. Training does the same before a graph is used for the first time.
Ends with 1 where the cosine between the gradients is below 1 − 1e-6
(with TensorFlow's kernels 1 − 1e-4, in bfloat16 0.9).

  --size N          height and width in pixels, 128 by default
  --batch N         images, 1 by default
  --set NAME=VALUE  an option of training, such as width=16 or loss=ce; as often as needed
  --kernels K       of the uncompiled step: ours (default), or tensorflow for TensorFlow's alone
  --json            one line of JSON

Example: axunet check-step --size 256 --set width=32
`;

/** What `--size`, `--batch` and `--set` ask for. */
function taskOf(values: { size: string; batch: string; set: string[] }): CheckTask {
  const [size, batch] = [Number(values.size), Number(values.batch)];
  if (!Number.isInteger(batch) || batch < 1) throw expected('--batch with a whole number above 0', values.batch);
  const { seed, variant, width, asppRates, loss, precision, recompute } = trainConfig(parseChanges(values.set));
  const model = modelConfig({ variant, width, asppRates: [...asppRates], inputSize: [size, size] });
  return { model, seed, loss, batch, bfloat16: precision === 'bfloat16', recompute: recompute ?? undefined };
}

async function run(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      size: { type: 'string', default: '128' },
      batch: { type: 'string', default: '1' },
      set: { type: 'string', multiple: true, default: [] },
      kernels: { type: 'string', default: 'ours' },
      json: { type: 'boolean', default: false },
    },
  });
  const { kernels } = values;
  if (kernels !== 'ours' && kernels !== 'tensorflow') throw expected('--kernels ours or tensorflow', `"${kernels}"`);
  const task = taskOf(values);
  const result = await runCheckTask({ ...task, kernels });
  const { cosine, lossDifference } = result;
  console.log(
    values.json
      ? JSON.stringify(result)
      : `cosine between the gradients: 1 − ${(1 - cosine).toExponential(1)}; ` +
          `losses differ by ${lossDifference.toExponential(1)} of the loss`,
  );
  return isEqualEnough(result, task.bfloat16 ? 'bfloat16' : kernels) ? 0 : 1;
}

export const checkStepCommand: Command = {
  name: 'check-step',
  summary: 'compare the compiled training step with the uncompiled one',
  help,
  run,
};
