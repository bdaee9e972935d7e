/** Soft Dice of the foreground. Source: Milletari et al. 2016 (V-Net), doi 10.1109/3DV.2016.79, with sums instead of squares. */
import { tf } from '../engine/engine.ts';
import { foregroundProbability } from '../engine/ops/foregroundProbability.ts';

/** Added above and below, in pixels: makes an empty truth with an empty prediction count as perfect. */
export const diceSmoothing = 1;

/**
 * 1 − (2 Σ p·y + s) / (Σ p + Σ y + s) with p the softmax probability of the foreground (all classes but 0) and y its
 * truth, summed over the pixels of the whole batch: most slices hold no pancreas, and a slice without any would otherwise
 * give a gradient that only its own false positives shape. `logits` [n, h, w, classes], `labels` [n, h, w].
 */
export function softDice(logits: tf.Tensor4D, labels: tf.Tensor3D): tf.Scalar {
  return tf.tidy(() => {
    const probability = foregroundProbability(logits);
    const truth = tf.cast(tf.greater(labels, 0), 'float32');
    const overlap = tf.mul(2, tf.sum(tf.mul(probability, truth)));
    const total = tf.add(tf.sum(probability), tf.sum(truth));
    return tf.sub(1, tf.div(tf.add(overlap, diceSmoothing), tf.add(total, diceSmoothing))) as tf.Scalar;
  });
}
