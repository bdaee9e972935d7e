/** Softmax cross-entropy. */
import { tf } from '../engine/engine.ts';
import { softmaxCrossEntropy } from '../engine/ops/softmaxCrossEntropy.ts';

/** Mean over all pixels of −log softmax(logits)[label]. `logits` [n, h, w, classes], `labels` [n, h, w] class numbers. */
export function crossEntropy(logits: tf.Tensor4D, labels: tf.Tensor3D): tf.Scalar {
  return tf.tidy(() => tf.mean(softmaxCrossEntropy(logits, labels)) as tf.Scalar);
}
