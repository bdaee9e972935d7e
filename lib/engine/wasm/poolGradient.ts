/** Gradient of maximum pooling, for the wasm backend. */
import * as tf from '@tensorflow/tfjs';
import { type ConvInfo } from './geometry.ts';
import { emptyTensor, type KernelArguments, viewOf } from './heap.ts';

type PoolAttributes = Parameters<typeof tf.backend_util.computePool2DInfo>;

/**
 * Gradient of maximum pooling: each output pixel hands its gradient to the first pixel of its window that holds the
 * maximum. The stock kernel (tfjs 4.22) loses the gradient of windows without a positive value.
 */
export function maxPoolGradient({ inputs, attrs }: KernelArguments): tf.Tensor {
  const { input, dy } = inputs;
  const { filterSize, strides, pad, dimRoundingMode } = attrs as Record<string, never>;
  const info = tf.backend_util.computePool2DInfo(
    input.shape as PoolAttributes[0],
    filterSize,
    strides,
    1,
    pad,
    dimRoundingMode,
  );
  const out = emptyTensor(input.shape);
  const x = viewOf(input);
  const gradient = viewOf(dy);
  const dx = viewOf(out).fill(0);
  const channels = info.inChannels;
  let output = 0;
  for (let n = 0; n < info.batchSize; n++) {
    for (let oy = 0; oy < info.outHeight; oy++) {
      for (let ox = 0; ox < info.outWidth; ox++) {
        const window = windowInside(info, oy, ox);
        for (let c = 0; c < channels; c++) dx[maximumIn(x, n, c, window, info)] += gradient[output++];
      }
    }
  }
  return out;
}

interface Window {
  top: number;
  bottom: number;
  left: number;
  right: number;
}

/** The part of a pooling window that lies on the input; bottom and right are exclusive. */
function windowInside(info: ConvInfo, oy: number, ox: number): Window {
  const top = oy * info.strideHeight - info.padInfo.top;
  const left = ox * info.strideWidth - info.padInfo.left;
  return {
    top: Math.max(top, 0),
    bottom: Math.min(top + info.filterHeight, info.inHeight),
    left: Math.max(left, 0),
    right: Math.min(left + info.filterWidth, info.inWidth),
  };
}

/** Index of the first maximum of one channel in a window, rows first. */
function maximumIn(
  x: Float32Array,
  n: number,
  c: number,
  { top, bottom, left, right }: Window,
  info: ConvInfo,
): number {
  let best = ((n * info.inHeight + top) * info.inWidth + left) * info.inChannels + c;
  for (let y = top; y < bottom; y++) {
    const row = (n * info.inHeight + y) * info.inWidth;
    for (let column = left; column < right; column++) {
      const index = (row + column) * info.inChannels + c;
      if (x[index] > x[best]) best = index;
    }
  }
  return best;
}
