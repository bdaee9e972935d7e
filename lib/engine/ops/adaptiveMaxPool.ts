/**
 * Adaptive max pooling and the nearest-neighbour resize that undoes it, as pooling branches of
 * segmentation networks need them.
 */
import { tf } from '../engine.ts';
import { ownOp } from '../native.ts';
import { keep } from '../recompute.ts';
import { hasOwnKernels } from './ownKernels.ts';

/**
 * Window k of n on a length: [floor(k·length / n), ceil((k + 1)·length / n)); windows
 * overlap when n does not divide it.
 */
export function adaptiveWindow(k: number, n: number, length: number): [start: number, end: number] {
  return [Math.floor((k * length) / n), Math.ceil(((k + 1) * length) / n)];
}

/** The maximum of `image` [n, h, w, c] in bins × bins windows; output [n, bins, bins, c]. tfjs has no such pooling. */
export function adaptiveMaxPool(image: tf.Tensor4D, bins: number): tf.Tensor4D {
  return hasOwnKernels() ? ownPool(image, bins) : plainPool(image, bins);
}

/** With the kernels of cpp/pool.cc; the gradient goes to the first of equal maxima, as everywhere else here. */
function ownPool(image: tf.Tensor4D, bins: number): tf.Tensor4D {
  const [{ shape }, input] = [image, keep(image)];
  return tf.customGrad((x, save) => {
    (save as unknown as tf.GradSaveFunc)(input.saved);
    return {
      value: ownOp('AxunetAdaptiveMaxPool', [shape[0], bins, bins, shape[3]], [bins], [x as tf.Tensor]),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) =>
        ownOp('AxunetAdaptiveMaxPoolGradient', shape, [bins], [input.restore(saved, dy), dy]),
    };
  })(image) as tf.Tensor4D;
}

function plainPool(image: tf.Tensor4D, bins: number): tf.Tensor4D {
  const [, height, width] = image.shape;
  const rows: tf.Tensor4D[] = [];
  for (let i = 0; i < bins; i++) {
    const [top, bottom] = adaptiveWindow(i, bins, height);
    const row: tf.Tensor4D[] = [];
    for (let j = 0; j < bins; j++) {
      const [left, right] = adaptiveWindow(j, bins, width);
      const window = tf.slice(image, [0, top, left, 0], [-1, bottom - top, right - left, -1]);
      row.push(tf.max(window, [1, 2], true));
    }
    rows.push(tf.concat(row, 2));
  }
  return tf.concat(rows, 1);
}

/** Source index of each output index: floor(i · from / to). */
export const nearestIndex = (i: number, from: number, to: number): number => Math.floor((i * from) / to);

/**
 * Nearest-neighbour resize of `image` [n, h, w, c] to [n, height, width, c] as two small matrix products, one an axis:
 * exact, with an exact gradient, on every engine.
 */
export function resizeNearest(image: tf.Tensor4D, height: number, width: number): tf.Tensor4D {
  const [n, fromHeight, fromWidth, channels] = image.shape;
  const rows = tf.matMul(selection(height, fromHeight), tf.reshape(image, [n, fromHeight, fromWidth * channels]));
  const columns = tf.matMul(selection(width, fromWidth), tf.reshape(rows, [n * height, fromWidth, channels]));
  return tf.reshape(columns, [n, height, width, channels]);
}

/** [1, to, from] with a 1 where output index i reads source index j. */
function selection(to: number, from: number): tf.Tensor3D {
  const matrix = new Float32Array(to * from);
  for (let i = 0; i < to; i++) matrix[i * from + nearestIndex(i, from, to)] = 1;
  return tf.tensor3d(matrix, [1, to, from]);
}
