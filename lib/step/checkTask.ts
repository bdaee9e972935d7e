/** The check of a compiled step as a task that can be handed to another process. */
import { startEngine } from 'axunet-engine/engine';
import { type LossName, losses } from '../loss/losses.ts';
import { createAxUnet, type ModelConfig } from '../model/axunet.ts';
import { checkStep, type Kernels, type StepCheck } from './checkStep.ts';
import { CompiledStep, type CompileOptions } from './compiledStep.ts';
import { exampleBatch } from './exampleBatch.ts';
import { referenceRmsprop } from './optimizers.ts';

export interface CheckTask extends CompileOptions {
  readonly model: ModelConfig;
  /** Of the first weights. */
  readonly seed: number;
  readonly loss: LossName;
  /** Images. */
  readonly batch: number;
  /** `ours` by default. */
  readonly kernels?: Kernels;
}

/** Compiles the step of a network and compares its gradients, which no optimizer changes, on made-up images. */
export async function runCheckTask({
  model: shape,
  seed,
  loss,
  batch,
  kernels,
  ...compile
}: CheckTask): Promise<StepCheck> {
  await startEngine();
  const model = createAxUnet(shape, seed);
  const options = { optimizer: referenceRmsprop, loss: losses[loss] };
  const example = exampleBatch(batch, shape);
  const compiled = await CompiledStep.compile(model, options, example, compile);
  return checkStep(model, options, compiled, example, kernels);
}
