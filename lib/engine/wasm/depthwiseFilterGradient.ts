/** Gradient of a depthwise convolution with respect to its filter, for the wasm backend. */
import * as tf from '@tensorflow/tfjs';
import { type ConvInfo, convInfoOf, tapOffsets } from './geometry.ts';
import { emptyTensor, type KernelArguments, viewOf } from './heap.ts';

/**
 * Gradient of a depthwise convolution with respect to its filter [height, width, channels, multiplier]: for each tap and
 * output channel the sum of x·dy over all output pixels, added up in double precision.
 */
export function depthwiseFilterGradient({ inputs, attrs }: KernelArguments): tf.Tensor {
  const { x, dy } = inputs;
  const info = convInfoOf(x.shape, attrs!.filterShape as number[], attrs!, true);
  const out = emptyTensor(info.filterShape);
  const [xValues, dyValues, sums] = [viewOf(x), viewOf(dy), viewOf(out)];
  tapOffsets(info).forEach(([row, column], tap) => {
    const runs = runsOf(row, column, info);
    const tapSums = sums.subarray(tap * info.outChannels, (tap + 1) * info.outChannels);
    addProducts(xValues, dyValues, runs, info, tapSums);
  });
  return out;
}

/** Row by row, the first pixels of x and dy that one tap pairs, and how many pairs follow: [x, dy, count, x, dy, count, …]. */
function runsOf(row: number, column: number, info: ConvInfo): number[] {
  const { inHeight, inWidth, outHeight, outWidth, strideHeight, strideWidth, padInfo } = info;
  const first = Math.max(0, Math.ceil((padInfo.left - column) / strideWidth));
  const end = Math.min(outWidth, Math.floor((inWidth - 1 + padInfo.left - column) / strideWidth) + 1);
  const runs: number[] = [];
  for (let n = 0; n < info.batchSize; n++) {
    for (let oy = 0; oy < outHeight; oy++) {
      const y = oy * strideHeight + row - padInfo.top;
      if (y < 0 || y >= inHeight || end <= first) continue;
      const xx = first * strideWidth + column - padInfo.left;
      runs.push((n * inHeight + y) * inWidth + xx, (n * outHeight + oy) * outWidth + first, end - first);
    }
  }
  return runs;
}

/** Four channels at once where each has one filter, since four independent sums run three times as fast as one. */
function addProducts(x: Float32Array, dy: Float32Array, runs: number[], info: ConvInfo, sums: Float32Array): void {
  const multiplier = info.outChannels / info.inChannels;
  let c = 0;
  if (multiplier === 1) for (; c + 4 <= info.outChannels; c += 4) addFourChannels(x, dy, runs, c, info, sums);
  for (; c < info.outChannels; c++) sums[c] = oneChannel(x, dy, runs, Math.floor(c / multiplier), c, info);
}

function addFourChannels(
  x: Float32Array,
  dy: Float32Array,
  runs: number[],
  channel: number,
  info: ConvInfo,
  sums: Float32Array,
): void {
  const xStep = info.strideWidth * info.inChannels;
  let [sum0, sum1, sum2, sum3] = [0, 0, 0, 0];
  for (let run = 0; run < runs.length; run += 3) {
    let from = runs[run] * info.inChannels + channel;
    let to = runs[run + 1] * info.outChannels + channel;
    for (let count = runs[run + 2]; count > 0; count--) {
      sum0 += x[from] * dy[to];
      sum1 += x[from + 1] * dy[to + 1];
      sum2 += x[from + 2] * dy[to + 2];
      sum3 += x[from + 3] * dy[to + 3];
      from += xStep;
      to += info.outChannels;
    }
  }
  sums.set([sum0, sum1, sum2, sum3], channel);
}

function oneChannel(
  x: Float32Array,
  dy: Float32Array,
  runs: number[],
  xChannel: number,
  dyChannel: number,
  info: ConvInfo,
): number {
  const xStep = info.strideWidth * info.inChannels;
  let sum = 0;
  for (let run = 0; run < runs.length; run += 3) {
    let from = runs[run] * info.inChannels + xChannel;
    let to = runs[run + 1] * info.outChannels + dyChannel;
    for (let count = runs[run + 2]; count > 0; count--) {
      sum += x[from] * dy[to];
      from += xStep;
      to += info.outChannels;
    }
  }
  return sum;
}
