/**
 * For teaching only, not for training: the boundary-aware loss of the published code (`SelfDefineLoss`). Defects: it
 * takes the derivative along x twice, so contours that run along x get no weight; and it adds the weight to the
 * label, which is then no class any more.
 */

import { expected } from 'axunet/errors';
import { sobelGradients } from 'axunet/loss/sobel';
import { tf } from 'axunet-engine/engine';
import { publishedLoss } from './createLoss.ts';

/** Its edge: ½ |Gx| + ½ |Gx|, where ½ |Gx| + ½ |Gy| was meant. `labels` [n, h, w]; output [n, h, w]. */
export const publishedEdge = (labels: tf.Tensor3D): tf.Tensor3D => tf.tidy(() => tf.abs(sobelGradients(labels).x));

/** The edge that was meant. */
export const intendedEdge = (labels: tf.Tensor3D): tf.Tensor3D =>
  tf.tidy(() => {
    const { x, y } = sobelGradients(labels);
    return tf.mul(0.5, tf.add(tf.abs(x), tf.abs(y)));
  });

/** Its "label": the class number + 5 times the edge, 0 to 21 for a mask of 0 and 1. int32 [n, h, w]. */
export const publishedEdgeLabel = (labels: tf.Tensor3D): tf.Tensor3D =>
  tf.tidy(() => tf.add(labels, tf.cast(tf.mul(5, publishedEdge(labels)), 'int32')) as tf.Tensor3D);

/**
 * `SelfDefineLoss`: `create_loss` with that label. Throws where the label is no class, which is wherever the mask has
 * an edge across x; without one the loss is `create_loss` itself. Reads values, so it cannot be compiled.
 */
export function publishedBoundaryLoss(output: tf.Tensor4D, labels: tf.Tensor3D): tf.Scalar {
  return tf.tidy(() => {
    const wrong = publishedEdgeLabel(labels);
    const outside = wrong.dataSync<'int32'>().find((label) => label >= output.shape[3]);
    if (outside !== undefined)
      throw expected(`labels below ${output.shape[3]}, the number of classes`, String(outside));
    return publishedLoss(output, wrong);
  });
}

/**
 * A soft boundary that the notebook tries instead: sums of the mask over 5 × 5 pixels without
 * padding, up to 25. [n, h − 4, w − 4].
 */
export const publishedBox = (labels: tf.Tensor3D): tf.Tensor3D =>
  tf.tidy(() => {
    const [n, height, width] = labels.shape;
    const image = tf.reshape(tf.cast(labels, 'float32'), [n, height, width, 1]) as tf.Tensor4D;
    return tf.reshape(tf.conv2d(image, tf.ones([5, 5, 1, 1]) as tf.Tensor4D, 1, 'valid'), [n, height - 4, width - 4]);
  });
