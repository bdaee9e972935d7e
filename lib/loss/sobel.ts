/** The Sobel edges of masks. */
import { tf } from 'axunet-engine/engine';

/** How strong and in which direction a mask changes, unscaled: a straight edge gives 4. Each [n, h, w]. */
export interface SobelGradients {
  readonly x: tf.Tensor3D;
  readonly y: tf.Tensor3D;
}

/**
 * Sobel derivatives of the foreground (label above 0) of `labels` [n, h, w], along columns (x) and rows (y), by [−1 0
 * 1; −2 0 2; −1 0 1] and its transpose. Outside the image the mask is mirrored without repeating the edge pixel
 * (OpenCV's default), so that an organ cut by the border has no edge there. Images of one row or column have no
 * derivative across it.
 */
export function sobelGradients(labels: tf.Tensor3D): SobelGradients {
  const mask = tf.cast(tf.greater(labels, 0), 'float32') as tf.Tensor3D;
  const [n, height, width] = labels.shape;
  const sides = [height, width].map((side) => (side > 1 ? 'reflect' : 'symmetric') as 'reflect' | 'symmetric');
  const padded = tf.mirrorPad(
    tf.mirrorPad(
      mask,
      [
        [0, 0],
        [1, 1],
        [0, 0],
      ],
      sides[0],
    ),
    [
      [0, 0],
      [0, 0],
      [1, 1],
    ],
    sides[1],
  );
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

/**
 * E = √(Gx² + Gy²) of the foreground: 0 away from its contour, 4 at a straight edge. `labels` [n, h, w]; output [n, h,
 * w].
 */
export const sobelMagnitude = (labels: tf.Tensor3D): tf.Tensor3D =>
  tf.tidy(() => {
    const { x, y } = sobelGradients(labels);
    return tf.sqrt(tf.add(tf.square(x), tf.square(y)));
  });
