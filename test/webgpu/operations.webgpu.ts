/** Every operation and its gradients on the graphics card, against plain JavaScript. */
import { beforeAll, expect, it } from 'vitest';
import { startEngine, tf } from '../../lib/engine/engine.ts';
import { UserError } from '../../lib/errors.ts';
import { cases, evaluate, relativeDifference } from '../engine/operationCases.ts';
import { onBoth, onCard } from './card.ts';

const read = async (compute: () => tf.Tensor): Promise<Float32Array> => {
  const tensor = tf.tidy(compute);
  const values = (await tensor.data()).slice() as Float32Array;
  tensor.dispose();
  return values;
};

/** Whole numbers of four values, so that most windows have several maxima. */
const steps = (shape: [number, number, number, number]): tf.Tensor4D =>
  tf.tensor4d(
    Float32Array.from({ length: tf.util.sizeFromShape(shape) }, (_, i) => ((i * 7 + (i >> 3)) % 4) - 2),
    shape,
  );

onCard('operations', () => {
  beforeAll(async () => void (await startEngine('webgpu')));

  it.each(cases)('$title equals the plain form, with its gradients', async (each) => {
    await startEngine('webgpu');
    const before = tf.memory().numTensors;
    const found = await evaluate(each);
    expect(tf.memory().numTensors, 'tensors left behind').toBe(before);
    await startEngine('cpu');
    const wanted = await evaluate(each);
    expect(found.shape).toEqual(wanted.shape);
    found.arrays.forEach((array, i) => {
      expect(array.length).toBe(wanted.arrays[i].length);
      expect(relativeDifference(array, wanted.arrays[i]), i ? `gradient of input ${i - 1}` : 'value').toBeLessThan(
        2e-5,
      );
    });
  });

  // The case to report to tfjs: docs/engine.md.
  it.each(['int32', 'bool'] as const)('numbers of the type %s become floats that can be summed', async (type) => {
    const values = Int32Array.from({ length: 2400 }, (_, i) => (type === 'bool' ? i % 2 : i % 7));
    const { plain, card } = await onBoth(() =>
      read(() => tf.sum(tf.cast(tf.tensor(values, [2, 3, 400], type), 'float32'), [0, 1])),
    );
    expect(card).toEqual(plain);
    expect(plain[1]).toBeGreaterThan(0);
  });

  it.each([
    [2, 2, 'valid'],
    [3, 2, 'same'],
    [[3, 2], 1, 'same'],
    [2, 1, 'valid'],
    [3, 2, 'valid'],
  ] as [number | [number, number], number, 'valid' | 'same'][])(
    'max pooling by %s, %s, %s gives its gradient to the first of equal maxima',
    async (size, stride, pad) => {
      const { plain, card } = await onBoth(() =>
        read(() =>
          tf.grad((x: tf.Tensor) => {
            const y = tf.maxPool(x as tf.Tensor4D, size, stride, pad);
            return tf.sum(tf.mul(y, tf.reshape(tf.range(1, y.size + 1), y.shape)));
          })(steps([2, 7, 8, 3])),
        ),
      );
      expect(card).toEqual(plain);
    },
  );

  it.each([[0], [1], [[1, 2]], [[0, 1, 2]], [undefined]])('sums and means over the axis %s', async (axis) => {
    for (const reduce of [tf.sum, tf.mean, tf.max]) {
      const { plain, card } = await onBoth(() => read(() => reduce(steps([2, 5, 6, 40]), axis)));
      expect(relativeDifference(card, plain)).toBeLessThan(1e-6);
    }
  });

  it('values are given to those who wait, and others are told so', async () => {
    await startEngine('webgpu');
    const sum = tf.add(tf.ones([2000]), 1);
    expect(() => sum.dataSync()).toThrow(UserError);
    expect(() => sum.dataSync()).toThrow(/^The webgpu engine gives values .*`await tensor\.data\(\)`/);
    expect((await sum.data())[1999]).toBe(2);
    expect(sum.dataSync()[0]).toBe(2); // they have come meanwhile
    sum.dispose();
  });
});
