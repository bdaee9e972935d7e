/** Our side of loss.ts: a contender process (see contest.ts). Its argument is a LossTask as JSON. */

import readline from 'node:readline';
import { startEngine, tf } from '../lib/engine/engine.ts';
import { valueAndGradients } from '../lib/engine/gradients.ts';
import { typeAttribute } from '../lib/engine/graph/attributes.ts';
import { dtypes, newGraph, Session } from '../lib/engine/graph/native.ts';
import { withTrace } from '../lib/engine/graph/tracing.ts';
import { addVariable, assignVariable, readVariable } from '../lib/engine/graph/variables.ts';
import type { LossFunction } from '../lib/loss/loss.ts';
import { losses } from '../lib/loss/losses.ts';
import type { LossTask } from './loss.ts';

const { loss: name, mode, size, batch } = JSON.parse(process.argv[2]) as LossTask;
const loss: LossFunction = losses[name];
const shape: [number, number, number, number] = [batch, size, size, 2];

/** The same logits and labels as loss_monai.py makes: a disc in each image, and logits that half know it. */
const labels = Int32Array.from({ length: batch * size * size }, (_, i) => {
  const [y, x] = [Math.floor(i / size) % size, i % size];
  return Number((x - 0.4 * size) ** 2 + (y - 0.5 * size) ** 2 < (0.08 * size) ** 2);
});
const logits = Float32Array.from(
  { length: 2 * labels.length },
  (_, i) => (i % 2 ? 1 : -1) * (labels[i >> 1] - 0.7) + Math.sin(0.37 * (i % 10007)),
);

/** Logits and labels as they come in training: the logits in TensorFlow's memory, the labels fed. */
async function compiled(): Promise<() => Promise<number>> {
  const graph = newGraph();
  const targets = withTrace({ graph }, (trace) => {
    const variable = addVariable(trace, 'state', shape);
    assignVariable(trace, 'Assign', variable, trace.placeholder('value', shape, 'float32').ref, { name: 'set' });
    const { ref, info } = readVariable(trace, variable);
    const z = trace.tensorOf(ref, info) as tf.Tensor4D;
    const y = trace.placeholder('labels', shape.slice(0, 3), 'int32').tensor() as tf.Tensor3D;
    const {
      value,
      gradients: [gradient],
    } = valueAndGradients(() => loss(z, y), [z as unknown as tf.Variable]);
    trace.add('Identity', [trace.refOf(value)], [typeAttribute('T', dtypes.float32)], { name: 'loss' });
    return [trace.refOf(gradient!)];
  });
  const session = new Session(graph, { interOpThreads: 1 });
  await session.run({ value: { shape, data: logits } }, [], ['set']);
  const feeds = { labels: { shape: shape.slice(0, 3), data: labels } };
  return async () => (await session.run(feeds, ['loss'], targets))[0].data[0];
}

function eager(): () => Promise<number> {
  const [z, y] = [tf.variable(tf.tensor4d(logits, shape)), tf.tensor3d(labels, [batch, size, size], 'int32')];
  return async () => {
    const { value, gradients } = valueAndGradients(() => loss(z as tf.Tensor4D, y), [z]);
    const [found] = value.dataSync();
    tf.dispose([value, gradients[0]!]);
    return found;
  };
}

async function main(): Promise<void> {
  const { description } = await startEngine();
  const repeat = mode === 'compiled' ? await compiled() : eager();
  console.log(JSON.stringify({ name: description, value: await repeat() }));
  for await (const _ of readline.createInterface({ input: process.stdin })) {
    const start = performance.now();
    await repeat();
    console.log(
      JSON.stringify({ seconds: (performance.now() - start) / 1000, rssMb: process.resourceUsage().maxRSS / 1024 }),
    );
  }
}

void main();
