/**
 * The sums that overlap losses are made of. With p = softmax(z) and r the one-hot truth, per image and class l over the pixels:
 * Σ p_l, Σ r_l p_l, Σ r_l and Σ p_l².
 */
import { tf } from '../engine.ts';

/** Each [n, classes]; `truth` has no gradient. */
export interface ClassSums { readonly probability: tf.Tensor2D; readonly overlap: tf.Tensor2D; readonly truth: tf.Tensor2D; readonly squares: tf.Tensor2D }

/** `logits` [n, h, w, classes], `labels` [n, h, w] class numbers (int32). */
export function classSums(logits: tf.Tensor4D, labels: tf.Tensor3D): ClassSums {
  const [n, height, width, classes] = logits.shape;
  const p = tf.softmax(logits);
  const r = tf.reshape(tf.cast(tf.oneHot(tf.reshape(labels, [-1]), classes), 'float32'), [n, height, width, classes]);
  // Row by row first: TensorFlow adds numbers one after the other, which over a whole image would lose digits.
  const [probability, overlap, truth, squares] = [p, tf.mul(p, r), r, tf.square(p)].map((image) => tf.sum(tf.sum(image, 2), 1) as tf.Tensor2D);
  return { probability, overlap, truth, squares };
}
