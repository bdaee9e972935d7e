/** `axunet check-step`: is the compiled training step the one that runs operation by operation? */
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { startEngine } from 'axunet-engine/engine';
import { expected } from '../errors.ts';
import { readJson } from '../io/files.ts';
import { createAxUnet, type ModelConfig, modelConfig } from '../model/axunet.ts';
import { checkStep, isEqualEnough } from '../step/checkStep.ts';
import { createCompiledStep } from '../step/compiledStep.ts';
import { exampleBatch } from '../step/exampleBatch.ts';
import { parseChanges, type TrainConfig, trainConfig } from '../train/config.ts';
import { stepOptions } from '../train/run.ts';
import type { Command } from './command.ts';

const help = `axunet check-step [options]

Compiles the training step of a network and compares its loss and all gradients with those of the step that runs operation by
operation, on made-up images. Training does the same before a graph is used for the first time.
Ends with 1 where the cosine between the gradients is below 1 − 1e-6 (with TensorFlow's kernels 1 − 1e-4, in bfloat16 0.9).

  --size N          height and width in pixels, 128 by default
  --batch N         images, 1 by default
  --set NAME=VALUE  an option of training, such as width=16 or loss=ce; as often as needed
  --kernels K       of the uncompiled step: ours (default), or tensorflow for TensorFlow's alone
  --task FILE       a file (or - for the standard input) with model, configuration and batch as JSON, instead of the options above
  --json            one line of JSON

Example: axunet check-step --size 256 --set width=32
`;

export interface CheckTask {
  readonly model: ModelConfig;
  readonly config: TrainConfig;
  readonly batch: number;
}

async function taskOf(values: { task?: string; size: string; batch: string; set: string[] }): Promise<CheckTask> {
  if (values.task === '-') return JSON.parse(await text(process.stdin)) as CheckTask;
  if (values.task !== undefined) return (await readJson(values.task)) as CheckTask;
  const [size, batch] = [Number(values.size), Number(values.batch)];
  if (!Number.isInteger(batch) || batch < 1) throw expected('--batch with a whole number above 0', values.batch);
  const config = trainConfig(parseChanges(values.set));
  return {
    config,
    batch,
    model: modelConfig({
      variant: config.variant,
      width: config.width,
      asppRates: [...config.asppRates],
      inputSize: [size, size],
    }),
  };
}

async function run(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      size: { type: 'string', default: '128' },
      batch: { type: 'string', default: '1' },
      set: { type: 'string', multiple: true, default: [] },
      kernels: { type: 'string', default: 'ours' },
      task: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  const { kernels } = values;
  if (kernels !== 'ours' && kernels !== 'tensorflow') throw expected('--kernels ours or tensorflow', `"${kernels}"`);
  const { model: modelShape, config, batch } = await taskOf(values);
  await startEngine();
  const options = { ...stepOptions(config), microBatch: undefined };
  const model = createAxUnet(modelShape, config.seed);
  const example = exampleBatch(batch, modelShape);
  const compiled = await createCompiledStep(model, options, example, {
    bfloat16: config.precision === 'bfloat16',
    recompute: config.recompute ?? undefined,
  });
  const result = await checkStep(model, options, compiled, example, kernels);
  console.log(
    values.json
      ? JSON.stringify(result)
      : `cosine between the gradients: 1 − ${(1 - result.cosine).toExponential(1)}; losses differ by ${result.lossDifference.toExponential(1)} of the loss`,
  );
  return isEqualEnough(result, config.precision === 'bfloat16' ? 'bfloat16' : kernels) ? 0 : 1;
}

export const checkStepCommand: Command = {
  name: 'check-step',
  summary: 'compare the compiled training step with the uncompiled one',
  help,
  run,
};
