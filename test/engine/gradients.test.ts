import { beforeAll, describe, expect, it } from 'vitest';
import { startEngine, tf } from '../../lib/engine/engine.ts';
import { valueAndGradients } from '../../lib/engine/gradients.ts';

describe('valueAndGradients', () => {
  beforeAll(async () => void (await startEngine('cpu')));

  it('differentiates x²y + y at (3, 2): value 20, gradients 12 and 10', () => {
    const [x, y] = [tf.variable(tf.scalar(3)), tf.variable(tf.scalar(2))];
    const { value, gradients } = valueAndGradients(() => tf.add(tf.mul(tf.square(x), y), y) as tf.Scalar, [x, y]);
    expect(value.dataSync()[0]).toBe(20);
    expect(gradients.map((g) => g!.dataSync()[0])).toEqual([12, 10]);
  });

  it('gives what tf.variableGrads gives for a function that uses its input many times', () => {
    const x = tf.variable(tf.tensor2d([0.3, -1.2, 2, 0.7], [2, 2]));
    const f = (): tf.Scalar => {
      const a = tf.matMul(x, tf.relu(x));
      return tf.sum(tf.mul(tf.concat([a, x, a], 0), tf.concat([x, a, tf.square(x)], 0))) as tf.Scalar;
    };
    const stock = tf.variableGrads(f, [x]);
    const ours = valueAndGradients(f, [x]);
    expect(ours.value.dataSync()).toEqual(stock.value.dataSync());
    expect(Array.from(ours.gradients[0]!.dataSync())).toEqual(Array.from(Object.values(stock.grads)[0]!.dataSync()));
  });

  it('leaves out a variable that the value does not depend on', () => {
    const [x, unused] = [tf.variable(tf.scalar(3)), tf.variable(tf.scalar(1))];
    const { gradients } = valueAndGradients(() => tf.square(x) as tf.Scalar, [x, unused]);
    expect(gradients[1]).toBeUndefined();
  });

  it('hands the gradient of a sum to both addends, even when it is one tensor', () => {
    const [x, y] = [tf.variable(tf.scalar(1)), tf.variable(tf.scalar(2))];
    const { gradients } = valueAndGradients(() => tf.mul(tf.add(x, y), 5) as tf.Scalar, [x, y]);
    expect(gradients.map((g) => g!.dataSync()[0])).toEqual([5, 5]);
  });

  it('frees everything but the value and the gradients', () => {
    const x = tf.variable(tf.ones([8, 8]));
    const before = tf.memory().numTensors;
    const { value, gradients } = valueAndGradients(() => tf.sum(tf.relu(tf.matMul(x, tf.square(x)))) as tf.Scalar, [x]);
    expect(tf.memory().numTensors).toBe(before + 2);
    tf.dispose([value, gradients[0]!]);
    expect(tf.memory().numTensors).toBe(before);
  });
});
