/** Sums and means by channel, for the wasm backend. */
import * as tf from '@tensorflow/tfjs';
import { emptyTensor, type KernelArguments, viewOf } from './heap.ts';

/**
 * True for a float32 tensor that is reduced over every axis but the last, as batch normalisation and biases need it.
 */
export function sumsByChannel({ inputs, attrs }: KernelArguments): boolean {
  const { x } = inputs;
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
  const out = emptyTensor(attrs!.keepDims ? [...shape.slice(0, -1).fill(1), channels] : [channels]);
  const x = viewOf(inputs.x);
  const divisor = mean ? x.length / channels : 1;
  viewOf(out).set(channelSums(x, channels).map((sum) => sum / divisor));
  return out;
}

/** Four channels at once: four independent sums run three times as fast as one. */
function channelSums(x: Float32Array, channels: number): Float64Array {
  const sums = new Float64Array(channels);
  let c = 0;
  for (; c + 4 <= channels; c += 4) {
    let [sum0, sum1, sum2, sum3] = [0, 0, 0, 0];
    for (let i = c; i < x.length; i += channels) {
      sum0 += x[i];
      sum1 += x[i + 1];
      sum2 += x[i + 2];
      sum3 += x[i + 3];
    }
    sums.set([sum0, sum1, sum2, sum3], c);
  }
  for (; c < channels; c++) for (let i = c; i < x.length; i += channels) sums[c] += x[i];
  return sums;
}
