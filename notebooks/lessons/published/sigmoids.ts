/**
 * For teaching only, not for training: the probabilities of the published code. Its network ends in a
 * log-sigmoid, its losses take a softmax of that; so p_l = s(z_l) / Σ s(z) with s the sigmoid, "normalised
 * sigmoids". For positive logits they saturate.
 */
import { tf } from 'axunet-engine/engine';

/** log s(x) = −log (1 + e^−x). tfjs' own keeps x for its gradient without saying so, and finds it freed. */
export const logSigmoid = <T extends tf.Tensor>(x: T): T => tf.neg(tf.softplus(tf.neg(x)));

/** What the published network gives for `logits` z: log s(z), of the same shape. Gradients flow. */
export const publishedOutput = (logits: tf.Tensor4D): tf.Tensor4D => logSigmoid(logits);

/** PaddlePaddle's softmax and log-softmax take no difference from the largest logit below this. */
const paddleLimit = -64;

/** The softmax over the classes [n, h, w, classes] of a network output, as PaddlePaddle computes it. */
export function paddleSoftmax(output: tf.Tensor4D): tf.Tensor4D {
  const powers = tf.exp(limited(output));
  return tf.div(powers, tf.sum(powers, -1, true));
}

/** The logarithm of the same. */
export function paddleLogSoftmax(output: tf.Tensor4D): tf.Tensor4D {
  const differences = limited(output);
  return tf.sub(differences, tf.log(tf.sum(tf.exp(differences), -1, true)));
}

/** Differences from the largest logit; their gradient takes no notice of the limit. */
const limited = (output: tf.Tensor4D): tf.Tensor4D =>
  tf.customGrad((differences) => ({
    value: tf.maximum(differences as tf.Tensor4D, paddleLimit),
    gradFunc: (dy: tf.Tensor) => dy.clone(),
  }))(tf.sub(output, tf.max(output, -1, true))) as tf.Tensor4D;
