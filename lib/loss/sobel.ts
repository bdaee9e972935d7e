/**
 * The Sobel derivatives of masks along columns (x) and rows (y), by the 3 × 3 kernels
 *
 *          −1  0  1             −1 −2 −1
 *     Gx = −2  0  2        Gy =  0  0  0
 *          −1  0  1              1  2  1
 *
 * A straight edge gives ±4. Outside the image the mask is mirrored without repeating the edge pixel (OpenCV's default).
 */
import { tf } from 'axunet-engine/engine';

/** Sobel derivatives, each [n, h, w]. */
export interface SobelGradients {
  readonly x: tf.Tensor3D;
  readonly y: tf.Tensor3D;
}

/** One more row or column on both sides; one that has no neighbour is repeated. */
function mirrored<T extends tf.Tensor>(mask: T, axis: 1 | 2): T {
  const pads = [0, 1, 2].map((each): [number, number] => (each === axis ? [1, 1] : [0, 0]));
  return tf.mirrorPad(mask, pads, mask.shape[axis]! > 1 ? 'reflect' : 'symmetric');
}

/**
 * Sobel derivatives of the foreground (label above 0) of `labels` [n, h, w]. An organ cut by the border of the image
 * has no edge there. Images of one row or column have no derivative across it.
 */
export function sobelGradients(labels: tf.Tensor3D): SobelGradients {
  const mask = tf.cast(tf.greater(labels, 0), 'float32') as tf.Tensor3D;
  const [n, height, width] = labels.shape;
  const padded = mirrored(mirrored(mask, 1), 2);
  const rows = (from: number): tf.Tensor => tf.slice(padded, [0, from, 0], [n, height, width + 2]);
  const columns = (of: tf.Tensor, from: number): tf.Tensor => tf.slice(of, [0, 0, from], [n, height, width]);
  const [above, here, below] = [rows(0), rows(1), rows(2)];
  const smooth = tf.add(tf.add(above, below), tf.mul(here, 2));
  const change = tf.sub(below, above);
  return {
    x: tf.sub(columns(smooth, 2), columns(smooth, 0)) as tf.Tensor3D,
    y: tf.add(tf.add(columns(change, 0), columns(change, 2)), tf.mul(columns(change, 1), 2)) as tf.Tensor3D,
  };
}
