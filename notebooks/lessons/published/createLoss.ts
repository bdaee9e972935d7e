/**
 * For teaching only, not for training: the loss of the published training run (`create_loss`). Defect: its
 * "Dice" is not Dice. It is computed for both classes of every pixel by itself, which gives the mean of 1 − p_y,
 * so nothing weighs the rare class up.
 */

import type { LossFunction } from 'axunet/loss/loss';
import { tf } from 'axunet-engine/engine';
import { paddleLogSoftmax, paddleSoftmax } from './sigmoids.ts';

const oneHot = (labels: tf.Tensor3D, classes: number): tf.Tensor4D =>
  tf.cast(tf.oneHot(labels, classes), 'float32') as tf.Tensor4D;

/** Its cross-entropy, which is right: the mean of −log p_y. `output` is `publishedOutput` of the logits. */
export const publishedCrossEntropy: LossFunction = (output, labels) =>
  tf.tidy(
    () => tf.neg(tf.mean(tf.sum(tf.mul(oneHot(labels, output.shape[3]), paddleLogSoftmax(output)), -1))) as tf.Scalar,
  );

/** Its "Dice": the mean over the pixels of 1 − 2 p_y / (2 + 1e-5). */
export const publishedDice: LossFunction = (output, labels) =>
  tf.tidy(() => {
    const probability = tf.sum(tf.mul(oneHot(labels, output.shape[3]), paddleSoftmax(output)), -1);
    return tf.mean(tf.sub(1, tf.div(tf.mul(2, probability), 2 + 1e-5))) as tf.Scalar;
  });

/** `create_loss`: the sum of both. */
export const publishedLoss: LossFunction = (output, labels) =>
  tf.tidy(() => tf.add(publishedCrossEntropy(output, labels), publishedDice(output, labels)) as tf.Scalar);
