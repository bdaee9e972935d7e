/** Our side of network.ts: a contender process (see contest.ts). Its argument is a NetworkTask as JSON. */

import readline from 'node:readline';
import { startEngine, tf } from '../lib/engine/engine.ts';
import { compileModel } from '../lib/engine/graph/compileModel.ts';
import { whyNoGraphs } from '../lib/engine/graph/native.ts';
import { engineSettings } from '../lib/engine/settings.ts';
import { crossEntropyDice } from '../lib/loss/crossEntropyDice.ts';
import { createAxUnet } from '../lib/model/axunet.ts';
import { CompiledStep } from '../lib/step/compiledStep.ts';
import { EagerStep } from '../lib/step/eagerStep.ts';
import { referenceRmsprop } from '../lib/step/optimizers.ts';
import { type TrainStep } from '../lib/step/step.ts';
import type { NetworkTask } from './network.ts';

/** The same images and labels as network_torch.py makes. */
function batchOf({ size, batch: n }: NetworkTask) {
  const images = Float32Array.from({ length: n * size * size * 3 }, (_, i) => Math.sin(i * 0.37) * Math.cos(i * 0.011));
  const labels = Uint8Array.from(
    { length: n * size * size },
    (_, i) => (Math.floor(i / 7) + Math.floor(i / (5 * size))) % 2,
  );
  return { images, labels, n, height: size, width: size, ids: [] };
}

/**
 * The step that training takes, without the check that it does first; `AXUNET_COMPILE=off` measures the uncompiled one.
 */
async function stepFor(task: NetworkTask, model: tf.LayersModel): Promise<TrainStep> {
  const options = { optimizer: referenceRmsprop, loss: crossEntropyDice };
  if (!engineSettings.isCompiling || whyNoGraphs()) return new EagerStep(model, options);
  return CompiledStep.compile(model, options, batchOf(task), { bfloat16: task.bfloat16 });
}

async function repetition(task: NetworkTask, model: tf.LayersModel): Promise<() => Promise<void>> {
  const batch = batchOf(task);
  if (task.mode === 'train') {
    const step = await stepFor(task, model);
    return async () => void (await step.run(batch, 5e-4));
  }
  const compiled = compileModel(model);
  return async () => void (await compiled.predict(batch.images, [batch.n, batch.height, batch.width, 3]));
}

async function main(task: NetworkTask): Promise<void> {
  const { description } = await startEngine();
  const model = createAxUnet({ width: task.width, inputSize: [task.size, task.size] }, 1);
  const repeat = await repetition(task, model);
  const parameters = model.trainableWeights.reduce(
    (sum, weight) => sum + tf.util.sizeFromShape(weight.shape as number[]),
    0,
  );
  console.log(JSON.stringify({ name: description, parameters }));
  for await (const _ of readline.createInterface({ input: process.stdin })) {
    const start = performance.now();
    await repeat();
    const seconds = (performance.now() - start) / 1000;
    console.log(JSON.stringify({ seconds, rssMb: process.resourceUsage().maxRSS / 1024 }));
  }
}

void main(JSON.parse(process.argv[2]));
