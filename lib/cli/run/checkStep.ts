import { text } from 'node:stream/consumers';
import { startEngine } from 'axunet-engine/engine';
import { readJson } from '../../io/files.ts';
import { createAxUnet, type ModelConfig, modelConfig } from '../../model/axunet.ts';
import { checkStep, isEqualEnough, type StepCheck } from '../../step/checkStep.ts';
import { createCompiledStep } from '../../step/compiledStep.ts';
import { exampleBatch } from '../../step/exampleBatch.ts';
import { parseChanges, type TrainConfig, trainConfig } from '../../train/config.ts';
import { stepOptions } from '../../train/run.ts';
import type { Call } from '../definition.ts';
import type { options } from '../definitions/checkStep.ts';

type Values = Call<typeof options>['values'];

interface CheckTask {
  readonly model: ModelConfig;
  readonly config: TrainConfig;
  readonly batch: number;
}

async function taskOf({ task, size, batch, set }: Values): Promise<CheckTask> {
  if (task === '-') return JSON.parse(await text(process.stdin)) as CheckTask;
  if (task !== undefined) return (await readJson(task)) as CheckTask;
  const config = trainConfig(parseChanges(set));
  const { variant, width, asppRates } = config;
  return { config, batch, model: modelConfig({ variant, width, asppRates: [...asppRates], inputSize: [size, size] }) };
}

/** The result in one line, for reading. */
function describe({ cosine, lossDifference }: StepCheck): string {
  const [angle, loss] = [1 - cosine, lossDifference].map((value) => value.toExponential(1));
  return `cosine between the gradients: 1 − ${angle}; losses differ by ${loss} of the loss`;
}

export async function run({ values }: Call<typeof options>): Promise<number> {
  const { kernels } = values;
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
  console.log(values.json ? JSON.stringify(result) : describe(result));
  return isEqualEnough(result, config.precision === 'bfloat16' ? 'bfloat16' : kernels) ? 0 : 1;
}
