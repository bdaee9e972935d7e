/** Gradients with tensors made again in the backward pass are the same bits as without. */

import { describe, expect, it } from 'vitest';
import { startEngine, tf } from '../../lib/engine/engine.ts';
import { valueAndGradients } from '../../lib/engine/gradients.ts';
import { batchNormReluTraining } from '../../lib/engine/ops/batchNormRelu.ts';
import { convolution } from '../../lib/engine/ops/convolution.ts';
import { join, partsOf } from '../../lib/engine/ops/join.ts';
import { maxPool } from '../../lib/engine/ops/maxPool.ts';
import { hasOwnKernels, withoutOwnKernels } from '../../lib/engine/ops/ownKernels.ts';
import { canBeMade, keep, recomputing } from '../../lib/engine/recompute.ts';
import { crossEntropyDice } from '../../lib/loss/crossEntropyDice.ts';
import { createAxUnet } from '../../lib/model/axunet.ts';
import { exampleBatch } from '../../lib/step/exampleBatch.ts';
import { variableOf } from '../../lib/step/weights.ts';

await startEngine();

/** Loss and gradients of one small network, and how many tensors are left when they have been read. */
function gradientsOf(model: tf.LayersModel, again: boolean): { numbers: Float32Array[]; leftBehind: number } {
  const { images, labels, n, height, width } = exampleBatch(2, { inputSize: [16, 16], inputChannels: 3 });
  const [x, y] = [
    tf.tensor4d(images, [n, height, width, 3]),
    tf.tensor3d(Int32Array.from(labels), [n, height, width], 'int32'),
  ];
  const before = tf.memory().numTensors;
  const run = () =>
    valueAndGradients(
      () => crossEntropyDice(model.apply(x, { training: true }) as tf.Tensor4D, y),
      model.trainableWeights.map(variableOf),
    );
  const { value, gradients } = again ? recomputing(run) : run();
  const all = [value, ...gradients.filter((g) => g !== undefined)];
  const numbers = all.map((t) => t.dataSync<'float32'>() as Float32Array);
  tf.dispose(all);
  const leftBehind = tf.memory().numTensors - before;
  tf.dispose([x, y]);
  return { numbers, leftBehind };
}

describe('recomputing', () => {
  it.each(['residual', 'grouped'] as const)('gives the same bits for %s, and leaves no tensor behind', (variant) => {
    const model = createAxUnet({ variant, width: 8, inputSize: [16, 16], asppRates: [1, 2, 3] }, 1);
    const [kept, again] = [gradientsOf(model, false), gradientsOf(model, true)];
    expect(again.numbers).toEqual(kept.numbers);
    expect([kept.leftBehind, again.leftBehind]).toEqual([0, 0]);
    model.dispose();
  });

  it.skipIf(!hasOwnKernels())("gives the same bits with TensorFlow's kernels alone", () => {
    const model = createAxUnet({ width: 4, inputSize: [16, 16], asppRates: [1, 2, 3] }, 1);
    const [kept, again] = [false, true].map((each) => withoutOwnKernels(() => gradientsOf(model, each)));
    expect(again.numbers).toEqual(kept.numbers);
    expect(again.leftBehind).toBe(0);
    model.dispose();
  });

  it('serves several readers of one tensor, and recipes made of recipes', () => {
    const [z, gamma, beta] = [
      tf.variable(tf.randomNormal([1, 8, 8, 16], 0, 1, 'float32', 1)),
      tf.variable(tf.ones([16])),
      tf.variable(tf.zeros([16])),
    ] as tf.Variable[];
    const kernel = tf.variable(tf.randomNormal([3, 3, 16, 16], 0, 1, 'float32', 2)) as tf.Variable;
    const loss = (): tf.Scalar => {
      const a = batchNormReluTraining(
        z as unknown as tf.Tensor4D,
        gamma as unknown as tf.Tensor1D,
        beta as unknown as tf.Tensor1D,
      );
      const [wide, pooled] = [convolution(a, kernel as unknown as tf.Tensor4D), maxPool(a)];
      const deep = convolution(maxPool(pooled), kernel as unknown as tf.Tensor4D);
      return tf.sum(
        tf.concat([
          tf.square(wide).flatten(),
          tf.square(deep).flatten(),
          convolution(pooled, kernel as unknown as tf.Tensor4D).flatten(),
        ]),
      ) as tf.Scalar;
    };
    const before = tf.memory().numTensors;
    const [kept, again] = [false, true].map((each) => {
      const run = () => valueAndGradients(loss, [z, gamma, beta, kernel]);
      const { value, gradients } = each ? recomputing(run) : run();
      const numbers = gradients.map((g) => Array.from(g!.dataSync()));
      tf.dispose([value, ...(gradients as tf.Tensor[])]);
      return numbers;
    });
    expect(again).toEqual(kept);
    expect(tf.memory().numTensors).toBe(before);
    tf.dispose([z, gamma, beta, kernel]);
  });

  it('frees its recipes when the pass throws, and knows none outside', () => {
    const [image, before] = [tf.ones([1, 4, 4, 16]) as tf.Tensor4D, tf.memory().numTensors];
    expect(() =>
      tf.tidy(() =>
        recomputing(() => {
          maxPool(image);
          throw new Error('stop');
        }),
      ),
    ).toThrow('stop');
    expect(tf.memory().numTensors).toBe(before);
    expect(canBeMade(image, [image], (x) => x.clone())).toBeUndefined();
    expect(keep(image).saved).toEqual([image]);
    image.dispose();
  });
});

describe('join', () => {
  it('tells the parts of what it has joined while they are there', () => {
    const [a, b] = [tf.ones([1, 2, 2, 3]) as tf.Tensor4D, tf.zeros([1, 2, 2, 4]) as tf.Tensor4D];
    const whole = join([a, b]);
    expect(whole.shape).toEqual([1, 2, 2, 7]);
    expect(partsOf(whole)).toEqual([a, b]);
    expect(partsOf(a)).toEqual([a]);
    b.dispose();
    expect(partsOf(whole)).toEqual([whole]);
    tf.dispose([a, whole]);
  });
});
