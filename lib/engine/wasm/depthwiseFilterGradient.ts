/** Gradient of a depthwise convolution with respect to its filter, for the wasm backend. */
import * as tf from '@tensorflow/tfjs';
import { type ConvInfo, convInfoOf, tapOffsets } from './geometry.ts';
import { emptyTensor, type KernelArguments, viewOf } from './heap.ts';

/**
 * Gradient of a depthwise convolution with respect to its filter [height, width, channels, multiplier]: for each tap
 * and output channel the sum of x·dy over all output pixels, added up in double precision.
 */
export function depthwiseFilterGradient({ inputs, attrs }: KernelArguments): tf.Tensor {
  const { x, dy } = inputs;
  const info = convInfoOf(x.shape, attrs!.filterShape as number[], attrs!, true);
  const out = emptyTensor(info.filterShape);
  const [xValues, dyValues, sums] = [viewOf(x), viewOf(dy), viewOf(out)];
  tapOffsets(info).forEach(([row, column], tap) => {
    const pairs = { x: xValues, dy: dyValues, runs: runsOf(row, column, info), info };
    addProducts(pairs, sums.subarray(tap * info.outChannels, (tap + 1) * info.outChannels));
  });
  return out;
}

/** The pixels of x and dy that one tap pairs. */
interface Pairs {
  readonly x: Float32Array;
  readonly dy: Float32Array;
  /** Row by row, the first pixels, and how many pairs follow: [x, dy, count, x, dy, count, …]. */
  readonly runs: readonly number[];
  readonly info: ConvInfo;
}

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
function addProducts(pairs: Pairs, sums: Float32Array): void {
  const { inChannels, outChannels } = pairs.info;
  const multiplier = outChannels / inChannels;
  let c = 0;
  if (multiplier === 1) for (; c + 4 <= outChannels; c += 4) addFourChannels(pairs, c, sums);
  for (; c < outChannels; c++) sums[c] = oneChannel(pairs, Math.floor(c / multiplier), c);
}

function addFourChannels({ x, dy, runs, info }: Pairs, channel: number, sums: Float32Array): void {
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

function oneChannel({ x, dy, runs, info }: Pairs, xChannel: number, dyChannel: number): number {
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
