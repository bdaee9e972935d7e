/** Prediction and truth as one channel: the foreground, which is every class but 0. */
import { tf } from 'axunet-engine/engine';

/**
 * Softmax probability of the foreground: the logistic function of how far its logits are above that of the background,
 * so that tiny probabilities keep their digits, which 1 − softmax would round away. `logits` [n, …, classes]; output
 * [n, …].
 */
export function foregroundProbability(logits: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const [background, ...others] = tf.unstack(logits, logits.rank - 1);
    const foreground = others.length === 1 ? others[0] : tf.logSumExp(tf.stack(others), 0);
    return tf.sigmoid(tf.sub(foreground, background));
  });
}

/** 1 in the foreground, 0 elsewhere, float32. `labels` [n, …] class numbers. */
export const foregroundTruth = (labels: tf.Tensor): tf.Tensor =>
  tf.tidy(() => tf.cast(tf.greater(labels, 0), 'float32'));
