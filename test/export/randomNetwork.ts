/** Networks whose weights are all random, running statistics too, with an image and what they make of it. */
import { tf } from '../../lib/engine/engine.ts';
import { type Network, networkOperations } from '../../lib/export/operations.ts';
import { createAxUnet, type ModelConfig } from '../../lib/model/axunet.ts';
import { Random } from '../../lib/random.ts';
import { readWeights, writeWeights } from '../../lib/step/weights.ts';

export interface RandomNetwork {
  readonly model: tf.LayersModel;
  readonly network: Network;
  /** [2, h, w, 3], and the logits [2, h, w, classes]. */
  readonly image: tf.Tensor4D;
  readonly logits: tf.Tensor4D;
}

/** A small network; 48 × 80 pixels leave 3 × 5 at the bottleneck, so that rows and columns cannot be confused. */
export async function randomNetwork(given: Partial<ModelConfig> = {}): Promise<RandomNetwork> {
  const inputSize: readonly [number, number] = given.inputSize ?? [48, 80];
  const model = createAxUnet({ width: 4, classes: 3, ...given, inputSize }, 1);
  const weights = await readWeights(model);
  for (const [name, { data }] of Object.entries(weights)) {
    const random = Random.stream(2, name);
    if (/bias|beta|mean/.test(name)) for (let i = 0; i < data.length; i++) data[i] = random.normal(0, 0.2);
    if (/gamma|variance/.test(name)) for (let i = 0; i < data.length; i++) data[i] = random.uniform(0.6, 1.4);
  }
  writeWeights(model, weights);
  const random = Random.stream(3);
  const values = Float32Array.from({ length: 2 * inputSize[0] * inputSize[1] * 3 }, () => random.uniform());
  const image = tf.tensor4d(values, [2, ...inputSize, 3]);
  return { model, network: await networkOperations(model), image, logits: model.predict(image) as tf.Tensor4D };
}

/** The largest difference of two tensors. */
export const farthest = (a: tf.Tensor, b: tf.Tensor): number =>
  tf.tidy(() => tf.max(tf.abs(tf.sub(a, b))).dataSync()[0]!);

/** How far logits of another program may lie: the rounding of float32 in some hundred layers. */
export const logitTolerance = 5e-5;
