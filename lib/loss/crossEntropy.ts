/** Softmax cross-entropy. */
import { tf } from '../engine/engine.ts';

/** Mean over all pixels of −log softmax(logits)[label]. `logits` [n, h, w, classes], `labels` [n, h, w] class numbers. */
export function crossEntropy(logits: tf.Tensor4D, labels: tf.Tensor3D): tf.Scalar {
  return tf.tidy(() => {
    const truth = tf.oneHot(labels, logits.shape[3]);
    return tf.neg(tf.mean(tf.sum(tf.mul(truth, tf.logSoftmax(logits)), -1))) as tf.Scalar;
  });
}
