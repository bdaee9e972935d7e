/** Gradient of maximum pooling, for the webgpu backend. */
import * as tf from '@tensorflow/tfjs';
import { type ConvInfo, shiftedWindow, spreadPixels } from '../wasm/geometry.ts';
import type { KernelArguments } from '../wasm/heap.ts';

type PoolAttributes = Parameters<typeof tf.backend_util.computePool2DInfo>;

/**
 * Gradient of maximum pooling: each output pixel hands its gradient to the first pixel of its window that holds the
 * maximum, rows first, as everywhere else here; the stock kernel (tfjs 4.22) takes the last of several. It goes through
 * the pixels of a window: where is this one the maximum, and none before it? There goes the gradient.
 */
export function poolGradientByOperations({ inputs, attrs }: KernelArguments): tf.Tensor {
  const { filterSize, strides, pad, dimRoundingMode } = attrs as Record<string, never>;
  const [x, y, dy] = [inputs.input, inputs.output, inputs.dy] as tf.Tensor4D[];
  const shape = x.shape as PoolAttributes[0];
  const info = tf.backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
  const { outHeight, outWidth, strideHeight, strideWidth, padInfo } = info;
  const [height, width] = coveredSize(info);
  return tf.tidy(() => {
    const covered = cover(x, info);
    let free: tf.Tensor = tf.onesLike(dy); // 0 from the maximum on
    const parts: tf.Tensor[] = [];
    for (let row = 0; row < info.filterHeight; row++) {
      for (let column = 0; column < info.filterWidth; column++) {
        const end = [
          info.batchSize,
          row + strideHeight * (outHeight - 1) + 1,
          column + strideWidth * (outWidth - 1) + 1,
        ];
        const seen = tf.stridedSlice(
          covered,
          [0, row, column, 0],
          [...end, info.inChannels],
          [1, strideHeight, strideWidth, 1],
        );
        const first = tf.mul(free, tf.cast(tf.equal(seen, y), 'float32'));
        free = tf.sub(free, first);
        const spread = spreadPixels(tf.mul(dy, first) as tf.Tensor4D, strideHeight, strideWidth);
        parts.push(shiftedWindow(spread, -row, -column, height, width));
      }
    }
    const sum = parts.reduce((a, b) => tf.add(a, b)) as tf.Tensor4D;
    return shiftedWindow(sum, padInfo.top, padInfo.left, info.inHeight, info.inWidth);
  });
}

/** Rows and columns that the windows cover, margins included. */
const coveredSize = (info: ConvInfo): [height: number, width: number] => [
  info.strideHeight * (info.outHeight - 1) + info.filterHeight,
  info.strideWidth * (info.outWidth - 1) + info.filterWidth,
];

/** Below every value of an image: what lies outside of it is never a maximum. */
const outside = -3e38;

/** What the windows cover of an image, with margins where they reach over its border. */
function cover(x: tf.Tensor4D, info: ConvInfo): tf.Tensor4D {
  const [height, width] = coveredSize(info);
  const { top, left } = info.padInfo;
  const [rows, columns] = [Math.min(info.inHeight, height - top), Math.min(info.inWidth, width - left)];
  return tf.pad(
    tf.slice(x, [0, 0, 0, 0], [-1, rows, columns, -1]),
    [
      [0, 0],
      [top, height - top - rows],
      [left, width - left - columns],
      [0, 0],
    ],
    outside,
  );
}
