/**
 * Softmax cross-entropy:
 *
 *     L = 1/N Σ −ln p_y
 *
 * over all N pixels, with p_y the softmax probability of a pixel's true class.
 */
import { tf } from 'axunet-engine/engine';
import { meanFocalCrossEntropy, unfocused } from 'axunet-engine/ops/focalCrossEntropy';

/** `logits` [n, h, w, classes], `labels` [n, h, w] class numbers. An empty mask is nothing special. */
export function crossEntropy(logits: tf.Tensor4D, labels: tf.Tensor3D): tf.Scalar {
  return tf.tidy(() => meanFocalCrossEntropy(logits, labels, unfocused));
}
