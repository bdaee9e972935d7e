/**
 * For teaching only, not for training: the focal loss of the published code (`focal_loss`). Defects: it takes the
 * predicted class, 0 or 1, as if it were a logit, so a perfect mask costs something (a background pixel has p = 0.5, a
 * foreground pixel 0.73); and no gradient goes through the choice of a class, so it teaches the network nothing.
 */

import type { LossFunction } from 'axunet/loss/loss';
import { tf } from 'axunet-engine/engine';
import { publishedLoss } from './createLoss.ts';
import { logSigmoid } from './sigmoids.ts';

const [alpha, gamma] = [0.75, 2];

/**
 * The loss of each pixel [n, h, w]: −α (1 − p)^γ log p of foreground, −(1 − α) p^γ log
 * (1 − p) of background, with p = s(argmax).
 */
const publishedFocalMap = (output: tf.Tensor4D, labels: tf.Tensor3D): tf.Tensor3D =>
  tf.tidy(() => {
    const logit = tf.cast(tf.argMax(output, -1), 'float32');
    const isForeground = tf.greater(labels, 0);
    const margin = tf.where(isForeground, logit, tf.neg(logit)); // log s(margin) is the log-probability of the truth
    const weight = tf.add(tf.mul(tf.cast(isForeground, 'float32'), 2 * alpha - 1), 1 - alpha);
    return tf.neg(tf.mul(weight, tf.mul(tf.pow(tf.sigmoid(tf.neg(margin)), gamma), logSigmoid(margin)))) as tf.Tensor3D;
  });

/** `focal_loss`: their mean. */
export const publishedFocal: LossFunction = (output, labels) =>
  tf.tidy(() => tf.mean(publishedFocalMap(output, labels)) as tf.Scalar);

/** `hybird_loss`: with `create_loss`. Its gradient is that of `create_loss` alone. */
export const publishedHybrid: LossFunction = (output, labels) =>
  tf.tidy(() => tf.add(publishedFocal(output, labels), publishedLoss(output, labels)) as tf.Scalar);

/** `deep_super_Fusion_loss`: the sum of the focal losses of five outputs, which no network of the code has. */
export const publishedDeepSupervision = (outputs: readonly tf.Tensor4D[], labels: tf.Tensor3D): tf.Scalar =>
  tf.tidy(() => outputs.map((output) => publishedFocal(output, labels)).reduce((sum, each) => tf.add(sum, each)));
