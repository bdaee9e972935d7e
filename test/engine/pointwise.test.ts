import { beforeAll, describe, expect, it } from 'vitest';
import { startEngine, tf } from '../../lib/engine/engine.ts';
import { convolutionRelu } from '../../lib/engine/ops/convolution.ts';
import { hasOwnKernels, withoutOwnKernels } from '../../lib/engine/ops/ownKernels.ts';
import { pointwiseConvolution } from '../../lib/engine/ops/pointwise.ts';
import { recomputing } from '../../lib/engine/recompute.ts';
import { Random } from '../../lib/random.ts';

const random = Random.stream(1, 'pointwise');
const normal = (...shape: number[]): tf.Tensor =>
  tf.tensor(
    Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () => random.normal()),
    shape,
  );

/** Value and all gradients of Σ dy · (images · kernel + bias), one after the other. */
function everything(images: tf.Tensor4D[], kernel: tf.Tensor, bias: tf.Tensor, dy: tf.Tensor): Float32Array[] {
  const convolve = (...all: tf.Tensor[]): tf.Tensor =>
    pointwiseConvolution(all.slice(0, -2) as tf.Tensor4D[], all.at(-2) as tf.Tensor4D, all.at(-1) as tf.Tensor1D);
  const gradients = tf.grads((...all: tf.Tensor[]) => tf.sum(tf.mul(convolve(...all), dy)))([...images, kernel, bias]);
  return [convolve(...images, kernel, bias), ...gradients].map((t) => t.dataSync<'float32'>() as Float32Array);
}

const length = (values: Float32Array): number => Math.sqrt(values.reduce((sum, v) => sum + v * v, 0));
const difference = (a: Float32Array, b: Float32Array): number => length(a.map((v, i) => v - b[i])) / length(b);

describe('a 1×1 convolution', () => {
  beforeAll(async () => void (await startEngine()));

  it.each<[string, number[], number, [number, number, number]]>([
    ['one image', [16], 32, [2, 5, 7]],
    ['an up-convolution and a skip', [16, 32], 16, [1, 8, 8]],
    ['one pixel', [32], 48, [1, 1, 1]],
    ['more pixels than a part holds', [16, 16], 16, [1, 70, 71]],
    ['wide channels, whose strips are shared out', [144], 160, [1, 34, 33]],
    ['wide channels of few pixels', [144, 144], 128, [1, 4, 4]],
    ['wide channels of many pixels, left to TensorFlow', [320], 320, [1, 26, 26]],
    ['channels that fill no vector', [12], 20, [1, 6, 6]],
    ['two channels out, of many pixels', [16], 2, [2, 40, 41]],
    ['wide channels that fill no vector', [150], 130, [1, 5, 5]],
  ])("has the values and gradients of TensorFlow's products: %s", (_, channels, out, [n, h, w]) => {
    const images = channels.map((c) => normal(n, h, w, c) as tf.Tensor4D);
    const rest = [
      normal(
        1,
        1,
        channels.reduce((a, b) => a + b),
        out,
      ),
      normal(out),
      normal(n, h, w, out),
    ] as const;
    const ours = everything(images, ...rest);
    const theirs = withoutOwnKernels(() => everything(images, ...rest));
    ours.forEach((values, i) => expect(difference(values, theirs[i]), `tensor ${i}`).toBeLessThan(2e-6));
    expect(recomputing(() => everything(images, ...rest))).toEqual(ours);
  });

  it.each<[number, number, [number, number, number]]>([
    [16, 32, [2, 5, 7]],
    [3, 5, [1, 40, 41]],
    [144, 130, [1, 4, 4]],
  ])('has bias and ReLU in one go for prediction: %i channels to %i', (channelsIn, channelsOut, [n, h, w]) => {
    const [image, kernel, bias] = [
      normal(n, h, w, channelsIn) as tf.Tensor4D,
      normal(1, 1, channelsIn, channelsOut) as tf.Tensor4D,
      normal(channelsOut) as tf.Tensor1D,
    ];
    const theirs = withoutOwnKernels(() => convolutionRelu(image, kernel, bias)).dataSync<'float32'>() as Float32Array;
    expect(Math.min(...theirs)).toBe(0);
    expect(difference(convolutionRelu(image, kernel, bias).dataSync<'float32'>() as Float32Array, theirs)).toBeLessThan(
      2e-6,
    );
  });

  it('gives the same bits twice', (context) => {
    context.skip(!hasOwnKernels(), 'the kernels are not compiled here');
    const [image, kernel, bias, dy] = [
      normal(1, 65, 66, 32) as tf.Tensor4D,
      normal(1, 1, 32, 16),
      normal(16),
      normal(1, 65, 66, 16),
    ];
    expect(everything([image], kernel, bias, dy)).toEqual(everything([image], kernel, bias, dy));
  });
});
