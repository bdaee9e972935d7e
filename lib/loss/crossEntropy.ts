/** Softmax cross-entropy. */
import { tf } from 'axunet-engine/engine';
import { meanFocalCrossEntropy, unfocused } from 'axunet-engine/ops/focalCrossEntropy';

/**
 * Mean over all pixels of −log softmax(logits)[label]. `logits` [n, h, w, classes], `labels` [n, h, w] class numbers.
 */
export function crossEntropy(logits: tf.Tensor4D, labels: tf.Tensor3D): tf.Scalar {
  return tf.tidy(() => meanFocalCrossEntropy(logits, labels, unfocused));
}
