/** Convolution, batch norm and ReLU in one operation, against the three one after the other as tfjs has them. */
import { beforeAll, describe, expect, it } from 'vitest';
import { startEngine, tf } from '../../lib/engine/engine.ts';
import { batchNormEpsilon } from '../../lib/engine/ops/batchNormRelu.ts';
import {
  type BatchNormWeights,
  type ConvolutionWeights,
  convolutionNormRelu,
  separableNormRelu,
} from '../../lib/engine/ops/convolutionNormRelu.ts';
import { join } from '../../lib/engine/ops/join.ts';
import { withoutOwnKernels } from '../../lib/engine/ops/ownKernels.ts';
import { Random } from '../../lib/random.ts';
import { kernelSets } from './engines.ts';

const momentum = 0.75;
function normals(name: string, shape: number[]): tf.Tensor {
  const random = Random.stream(3, name);
  const length = shape.reduce((a, b) => a * b, 1);
  return tf.tensor(
    Float32Array.from({ length }, () => random.normal()),
    shape,
  );
}
const convolutionOf = (name: string, kernel: number[], out: number): ConvolutionWeights => ({
  kernel: normals(`${name} kernel`, kernel) as tf.Tensor4D,
  bias: normals(`${name} bias`, [out]) as tf.Tensor1D,
});
const normOf = (channels: number): BatchNormWeights => ({
  gamma: normals('gamma', [channels]) as tf.Tensor1D,
  beta: normals('beta', [channels]) as tf.Tensor1D,
  mean: tf.variable(normals('mean', [channels])) as tf.Variable<tf.Rank.R1>,
  variance: tf.variable(tf.add(tf.square(normals('variance', [channels])), 0.5)) as tf.Variable<tf.Rank.R1>,
});

function expectClose(found: tf.Tensor, wanted: tf.Tensor, tolerance = 1e-4): void {
  expect(found.shape).toEqual(wanted.shape);
  const [a, b] = [found.dataSync(), wanted.dataSync()];
  a.forEach((v, i) => expect(Math.abs(v - b[i]) / (1 + Math.abs(b[i])), `value ${i}`).toBeLessThan(tolerance));
}

describe.each(kernelSets)('on $title', ({ engine, available, own }) => {
  beforeAll(async () => void (available && (await startEngine(engine))));
  const test = (title: string, f: () => void): void =>
    it.skipIf(!available)(title, () => void tf.tidy(() => (own ? f() : withoutOwnKernels(f))));
  const image = (channels = 16): tf.Tensor4D => normals('image', [2, 8, 6, channels]) as tf.Tensor4D;

  test('prediction normalises with the running statistics, which stay', () => {
    const [x, conv, norm] = [image(), convolutionOf('c', [3, 3, 16, 16], 16), normOf(16)];
    const [mean, variance] = [norm.mean.clone(), norm.variance.clone()];
    const z = tf.add(tf.conv2d(x, conv.kernel, 1, 'same'), conv.bias) as tf.Tensor4D;
    const wanted = tf.relu(tf.batchNorm4d(z, mean, variance, norm.beta, norm.gamma, batchNormEpsilon));
    expectClose(convolutionNormRelu(x, conv, norm, { training: false, momentum }), wanted);
    expectClose(norm.mean, mean, 1e-12);
    expectClose(norm.variance, variance, 1e-12);
  });

  test('training normalises with those of the batch, towards which the running ones move, the bias with them', () => {
    const [x, conv, norm] = [image(), convolutionOf('c', [3, 3, 16, 16], 16), normOf(16)];
    const before = [norm.mean.clone(), norm.variance.clone()];
    const z = tf.add(tf.conv2d(x, conv.kernel, 1, 'same'), conv.bias) as tf.Tensor4D;
    const { mean, variance } = tf.moments(z, [0, 1, 2]) as { mean: tf.Tensor1D; variance: tf.Tensor1D };
    const wanted = tf.relu(tf.batchNorm4d(z, mean, variance, norm.beta, norm.gamma, batchNormEpsilon));
    expectClose(convolutionNormRelu(x, conv, norm, { training: true, momentum }), wanted);
    [mean, variance].forEach((batch, i) =>
      expectClose([norm.mean, norm.variance][i], tf.add(tf.mul(before[i], momentum), tf.mul(batch, 1 - momentum))),
    );
  });

  test('a separable one is a pointwise and a depthwise convolution, of images that are joined or not', () => {
    const parts = [image(16), normals('skip', [2, 8, 6, 32]) as tf.Tensor4D];
    const [pointwise, depthwise] = [convolutionOf('p', [1, 1, 48, 16], 16), convolutionOf('d', [3, 3, 16, 1], 16)];
    const mixed = tf.add(tf.conv2d(tf.concat(parts, 3), pointwise.kernel, 1, 'same'), pointwise.bias) as tf.Tensor4D;
    const z = tf.add(tf.depthwiseConv2d(mixed, depthwise.kernel, 1, 'same'), depthwise.bias) as tf.Tensor4D;
    for (const whole of [join(parts), tf.concat(parts, 3)]) {
      const { gamma, beta, mean, variance } = normOf(16);
      const wanted = tf.relu(tf.batchNorm4d(z, mean, variance, beta, gamma, batchNormEpsilon));
      const norm = { gamma, beta, mean, variance };
      expectClose(separableNormRelu(whole, pointwise, depthwise, norm, { training: false, momentum }), wanted);
    }
  });
});
