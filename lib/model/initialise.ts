/** Starting values of the weights: the reference framework's defaults, drawn from one seed. */
import { tf } from 'axunet-engine';
import { Random } from '../random.ts';
import { NetworkLayer, type WeightRole } from './layer.ts';

/**
 * Convolutions: normal with SD √(2 / (k·k·in)), where `in` counts all channels also of a depthwise kernel (so those
 * start √channels too small and batch norm rescales them). Transposed convolutions: uniform (Glorot and Bengio 2010).
 */
function draw(role: WeightRole, shape: number[], random: Random): Float32Array {
  const values = new Float32Array(shape.reduce((a, b) => a * b, 1));
  const [height, width, third, fourth] = shape as [number, number, number, number];
  if (role === 'transposed') {
    const limit = Math.sqrt(6 / (height * width * (third + fourth)));
    for (let i = 0; i < values.length; i++) values[i] = random.uniform(-limit, limit);
  } else {
    const sd = Math.sqrt(2 / (height * width * third)); // [k, k, in, out], depthwise [k, k, channels, 1]
    for (let i = 0; i < values.length; i++) values[i] = random.normal(0, sd);
  }
  return values;
}

/**
 * Sets every convolution kernel of the network; each has a stream of its own, so
 * variants share what they share by name.
 */
export function initialiseWeights(model: tf.LayersModel, seed: number): void {
  for (const layer of model.layers) {
    if (!(layer instanceof NetworkLayer)) continue;
    for (const [name, variable] of layer.named) {
      const role = layer.roles.get(name)!;
      if (role === 'zeros' || role === 'ones') continue;
      const values = draw(role, variable.shape as number[], Random.stream(seed, 'init', layer.name, name));
      const start = tf.tensor(values, variable.shape as number[]);
      variable.write(start);
      start.dispose();
    }
  }
}
