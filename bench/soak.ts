/**
 * `node scripts/bench.mjs soak`: whether compiled training keeps its memory over 2,000 steps of a small network, and
 * how far 500 compiled and eager steps from the same seed drift apart. One line of JSON each; for calibration two eager
 * runs are compared that differ only in whose kernels they use, which is rounding alone.
 */

import { startEngine } from '../lib/engine/engine.ts';
import { withoutOwnKernels } from '../lib/engine/ops/ownKernels.ts';
import { crossEntropyDice } from '../lib/loss/crossEntropyDice.ts';
import { createAxUnet } from '../lib/model/axunet.ts';
import { CompiledStep } from '../lib/step/compiledStep.ts';
import { EagerStep } from '../lib/step/eagerStep.ts';
import { exampleBatch } from '../lib/step/exampleBatch.ts';
import { referenceRmsprop } from '../lib/step/optimizers.ts';
import { type StepOptions, type TrainStep } from '../lib/step/step.ts';

const model = { width: 8, inputSize: [32, 32] as [number, number], asppRates: [1, 2, 3] as [number, number, number] };
const options: StepOptions = { optimizer: referenceRmsprop, loss: crossEntropyDice, emaDecay: 0.99, clipNorm: 5 };
const batch = exampleBatch(4, { inputSize: model.inputSize, inputChannels: 3 });
const learningRate = 1e-4;
const mib = (): number => Math.round(process.memoryUsage().rss / 2 ** 20);

const compiledStep = (): Promise<TrainStep> => CompiledStep.compile(createAxUnet(model, 1), options, batch);

async function losses(step: TrainStep, steps: number, own = true): Promise<number[]> {
  const found: number[] = [];
  // The eager step computes before its first await, so that the kernels chosen here are those of
  // its whole forward and backward pass.
  for (let k = 0; k < steps; k++)
    found.push(
      (await (own ? step.run(batch, learningRate) : withoutOwnKernels(() => step.run(batch, learningRate)))).loss,
    );
  step.dispose();
  return found;
}

/** Memory in MiB after so many steps. */
export async function memoryOverSteps(marks = [10, 500, 1000, 1500, 2000]): Promise<Record<number, number>> {
  const step = await compiledStep();
  const rss: Record<number, number> = {};
  for (let k = 1; k <= marks.at(-1)!; k++) {
    await step.run(batch, learningRate);
    if (marks.includes(k)) rss[k] = mib();
  }
  step.dispose();
  return rss;
}

/** Largest difference of the losses within the first steps, by pair. */
export async function drift(marks = [1, 10, 50, 100, 250, 500]): Promise<Record<string, Record<number, number>>> {
  const steps = marks.at(-1)!;
  const [compiled, eager, other] = [
    await losses(await compiledStep(), steps),
    await losses(new EagerStep(createAxUnet(model, 1), options), steps),
    await losses(new EagerStep(createAxUnet(model, 1), options), steps, false),
  ];
  const between = (a: number[], b: number[]): Record<number, number> =>
    Object.fromEntries(
      marks.map((mark) => [
        mark,
        Number(Math.max(...a.slice(0, mark).map((v, i) => Math.abs(v - b[i]))).toExponential(2)),
      ]),
    );
  return {
    'compiled against eager': between(compiled, eager),
    "eager with our kernels against TensorFlow's": between(eager, other),
    'loss at the end': { [steps]: eager.at(-1)! },
  };
}

export async function runSoak(): Promise<void> {
  await startEngine('tensorflow');
  console.log(JSON.stringify({ job: 'soak', rss_mb_after_steps: await memoryOverSteps() }));
  console.log(JSON.stringify({ job: 'soak', loss_difference_within_steps: await drift() }));
}
