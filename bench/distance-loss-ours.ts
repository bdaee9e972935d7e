/** Our side of distance-loss.ts: a contender process (see contest.ts). Its argument is the loss's name. */
import readline from 'node:readline';
import { startEngine, tf } from '../lib/engine/engine.ts';
import { valueAndGradients } from '../lib/engine/gradients.ts';
import { boundary } from '../lib/loss/boundary.ts';
import { hausdorffLoss } from '../lib/loss/hausdorff.ts';

const shape: [number, number, number, number] = [5, 512, 512, 2];
const losses: Record<string, (logits: tf.Tensor, labels: tf.Tensor) => tf.Scalar> = {
  hausdorff: hausdorffLoss(),
  boundary,
};

/** An organ of about a pancreas' size, as distance_loss_peers.py makes it too. */
const inEllipse = (i: number, centre: number): boolean =>
  (((Math.floor(i / 512) % 512) - 260) / 22) ** 2 + (((i % 512) - centre) / 60) ** 2 < 1;

/** In double precision: 2.6 million small squares lose digits in single. */
const normOf = (gradient: tf.Tensor): number =>
  Math.sqrt(gradient.dataSync<'float32'>().reduce((sum: number, g: number) => sum + g * g, 0));

async function main(): Promise<void> {
  const { description } = await startEngine();
  const pixels = Array.from({ length: shape[0] * shape[1] * shape[2] }, (_, i) => i);
  const labels = tf.tensor(
    Int32Array.from(pixels, (i) => Number(inEllipse(i, 250))),
    shape.slice(0, 3),
    'int32',
  );
  const margins = Float32Array.from(pixels, (i) => (inEllipse(i, 262) ? 3 : -3) + 2.5 * Math.sin(i * 0.37));
  const logits = tf.variable(
    tf.tensor(
      Float32Array.from({ length: 2 * margins.length }, (_, k) => (k % 2 ? margins[k >> 1] : 0)),
      shape,
    ),
  );
  const loss = losses[process.argv[2]];
  const compute = (): { value: tf.Scalar; gradients: (tf.Tensor | undefined)[] } =>
    valueAndGradients(() => loss(logits, labels), [logits]);

  const {
    value,
    gradients: [gradient],
  } = compute();
  console.log(JSON.stringify({ name: description, values: [value.dataSync()[0], normOf(gradient!)] }));
  tf.dispose([value, gradient!]);
  for await (const _ of readline.createInterface({ input: process.stdin })) {
    const start = performance.now();
    const result = compute();
    result.value.dataSync();
    console.log(
      JSON.stringify({ seconds: (performance.now() - start) / 1000, rssMb: process.resourceUsage().maxRSS / 1024 }),
    );
    tf.dispose([result.value, result.gradients[0]!]);
  }
}

void main();
