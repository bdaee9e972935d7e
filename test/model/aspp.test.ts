import { beforeAll, describe, expect, it } from 'vitest';
import { startEngine, tf } from '../../lib/engine/engine.ts';
import { asppHead } from '../../lib/model/aspp.ts';

beforeAll(async () => void (await startEngine()));

const [size, centre] = [17, 8];

/** The block on images of 17 × 17 pixels and 16 channels, all kernels 1 and all biases 0. */
function block(rates: [number, number, number]): tf.LayersModel {
  const inputs = tf.input({ shape: [size, size, 16] });
  const model = tf.model({ inputs, outputs: asppHead(inputs, 1, rates) });
  for (const weight of model.weights)
    if (weight.originalName.endsWith('/kernel')) weight.write(tf.ones(weight.shape as number[]));
  return model;
}

/** Where a layer answers to one bright pixel in the centre: rows and columns relative to it. */
function answers(model: tf.LayersModel, layer: string): string[] {
  return tf.tidy(() => {
    const pixel = tf.buffer([1, size, size, 16]);
    pixel.set(1, 0, centre, centre, 0);
    const part = tf.model({ inputs: model.inputs, outputs: model.getLayer(layer).output as tf.SymbolicTensor });
    const values = tf.max(part.predict(pixel.toTensor()) as tf.Tensor4D, 3).dataSync();
    return [...values].flatMap((v, i) => (v > 0 ? `${Math.floor(i / size) - centre},${(i % size) - centre}` : []));
  });
}

/** Nine pixels, `rate` apart. */
const nine = (rate: number): string[] =>
  [-rate, 0, rate].flatMap((row) => [-rate, 0, rate].map((column) => `${row},${column}`));

describe('asppHead', () => {
  it('keeps the shape of the bottleneck', () => {
    expect(block([2, 4, 6]).outputs[0].shape).toEqual([null, size, size, 16]);
  });

  it('sees a pixel at its own place, at three distances, and from everywhere', () => {
    const model = block([1, 3, 8]);
    expect(answers(model, 'aspp0')).toEqual(['0,0']);
    expect(answers(model, 'aspp1')).toEqual(nine(1));
    expect(answers(model, 'aspp2')).toEqual(nine(3));
    expect(answers(model, 'aspp3')).toEqual(nine(8));
    // the middle one of 3 × 3 maxima, as large as a third of the image
    const context = answers(model, 'aspp4').map((at) => at.split(',').map(Number));
    expect(context).toContainEqual([0, 0]);
    expect(context.flat().every((distance) => Math.abs(distance) <= 3)).toBe(true);
    expect(context.length).toBeGreaterThanOrEqual(25);
  });
});
