/**
 * For teaching only: the scores that the published code prints while it trains. Defects: its "Dice" counts the
 * background, so an empty mask reads near 0.99, and in the later notebook takes logarithms for probabilities;
 * its mean IoU counts the background too.
 */

import type { LossFunction } from 'axunet/loss/loss';
import { tf } from 'axunet-engine/engine';
import { publishedDice } from './createLoss.ts';

/** `dice_mertic` of the first notebook: the mean of p_y. */
export const publishedDiceScore: LossFunction = (output, labels) =>
  tf.tidy(() => tf.sub(1, publishedDice(output, labels)) as tf.Scalar);

/**
 * `dice_mertic` of the second: 2 Σ o r / (Σ o + Σ r + 1e-5) per image over both classes, with the
 * log-sigmoids o as if they were probabilities.
 */
export const publishedLogarithmScore: LossFunction = (output, labels) =>
  tf.tidy(() => {
    const truth = tf.cast(tf.oneHot(labels, output.shape[3]), 'float32');
    const [both, outputs, truths] = [tf.mul(output, truth), output, truth].map((image) => tf.sum(image, [1, 2, 3]));
    return tf.mean(tf.div(tf.mul(2, both), tf.add(tf.add(outputs, truths), 1e-5))) as tf.Scalar;
  });

/**
 * `mean_iou`: the mean over the classes that occur of intersection / union of predicted and true
 * class, over the whole batch. Reads values.
 */
export function publishedMeanIou(output: tf.Tensor4D, labels: tf.Tensor3D): number {
  const predicted = tf.tidy(() => tf.argMax(output, -1).dataSync<'int32'>());
  const truth = labels.dataSync<'int32'>();
  const shares = Array.from({ length: output.shape[3] }, (_, label) => {
    let [both, either] = [0, 0];
    truth.forEach((value, i) => {
      const [a, b] = [predicted[i] === label, value === label];
      both += Number(a && b);
      either += Number(a || b);
    });
    return either ? both / either : undefined;
  }).filter((share) => share !== undefined);
  return shares.reduce((sum, share) => sum + share, 0) / shares.length;
}
