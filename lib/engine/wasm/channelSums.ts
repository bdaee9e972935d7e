import * as tf from '@tensorflow/tfjs';
import { emptyTensor, type KernelArguments, viewOf } from './heap.ts';

/** True for a float32 tensor that is reduced over every axis but the last, as batch normalisation and biases need it. */
export function sumsByChannel({ inputs, attrs }: KernelArguments): boolean {
  const x = inputs.x;
  if (x.dtype !== 'float32' || x.shape.length < 2) return false;
  const axes = tf.util.parseAxisParam(attrs!.axis as number | number[], x.shape);
  return axes.length === x.shape.length - 1 && !axes.includes(x.shape.length - 1);
}

/**
 * Sum or mean over every axis but the last, added up in double precision. The stock kernels transpose the whole tensor
 * first, which takes longer than the sum.
 */
export function reduceToChannels({ inputs, attrs }: KernelArguments, mean: boolean): tf.Tensor {
  const { shape } = inputs.x;
  const channels = shape[shape.length - 1];
  const out = emptyTensor(attrs!.keepDims ? shape.map((size, axis) => (axis === shape.length - 1 ? size : 1)) : [channels]);
  const x = viewOf(inputs.x);
  const sums = new Float64Array(channels);
  for (let start = 0; start < x.length; start += channels) {
    for (let c = 0; c < channels; c++) sums[c] += x[start + c];
  }
  const count = mean ? x.length / channels : 1;
  viewOf(out).set(sums.map((sum) => sum / count));
  return out;
}
