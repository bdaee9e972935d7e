/** Prediction and truth of one class as one channel. */
import { tf } from 'axunet-engine/engine';

/**
 * Softmax probability of class `c`: the logistic function of how far its logits are above those of all others, so that
 * tiny probabilities keep their digits. `logits` [n, …, classes]; output [n, …].
 */
export function classProbability(logits: tf.Tensor, c: number): tf.Tensor {
  return tf.tidy(() => {
    const all = tf.unstack(logits, logits.rank - 1); // the tape holds this very list: it must stay as it is
    const others = all.filter((_, i) => i !== c);
    return tf.sigmoid(tf.sub(all[c], others.length === 1 ? others[0] : tf.logSumExp(tf.stack(others), 0)));
  });
}

/** 1 in class `c`, 0 elsewhere, float32. `labels` [n, …] class numbers. */
export const classTruth = (labels: tf.Tensor, c: number): tf.Tensor =>
  tf.tidy(() => tf.cast(tf.equal(labels, c), 'float32'));
