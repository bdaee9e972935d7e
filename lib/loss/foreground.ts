/** The foreground as one class: all classes but 0. */
import { tf } from 'axunet-engine/engine';
import { classSums } from 'axunet-engine/ops/classSums';
import type { Over } from './loss.ts';

/**
 * Two classes where there are more: the logit of the foreground is log Σ exp over its classes, so its probability is
 * their sum.
 */
function asTwoClasses(logits: tf.Tensor4D, labels: tf.Tensor3D): [tf.Tensor4D, tf.Tensor3D] {
  if (logits.shape[3] === 2) return [logits, labels];
  const background = tf.slice(logits, [0, 0, 0, 0], [-1, -1, -1, 1]);
  const foreground = tf.logSumExp(tf.slice(logits, [0, 0, 0, 1], [-1, -1, -1, -1]), -1, true);
  return [
    tf.concat([background, foreground], -1) as tf.Tensor4D,
    tf.minimum(labels, tf.scalar(1, 'int32')) as tf.Tensor3D,
  ];
}

/**
 * Sums over the pixels with p the probability of the foreground and y its truth: Σ p, Σ p y, Σ y and Σ p². One number
 * per image, or one in all.
 */
interface ForegroundSums {
  readonly probability: tf.Tensor1D;
  readonly overlap: tf.Tensor1D;
  readonly truth: tf.Tensor1D;
  readonly squares: tf.Tensor1D;
}

/** `logits` [n, h, w, classes], `labels` [n, h, w]; sums of [n], over the batch of [1]. */
export function foregroundSums(logits: tf.Tensor4D, labels: tf.Tensor3D, over: Over): ForegroundSums {
  const { probability, overlap, truth, squares } = classSums(...asTwoClasses(logits, labels));
  const pick = (sums: tf.Tensor2D): tf.Tensor1D => {
    const column = tf.reshape(tf.slice(sums, [0, 1], [-1, 1]), [-1]) as tf.Tensor1D;
    return over === 'sample' ? column : tf.sum(column, 0, true);
  };
  return { probability: pick(probability), overlap: pick(overlap), truth: pick(truth), squares: pick(squares) };
}

/**
 * Numbers of pixels added above and below a quotient of sums, which decide what an empty image costs: one number for
 * both, or one each. With the same number s in both, an empty truth costs 1 − s / (Σ p + s): nothing for an empty
 * prediction.
 */
export type Smoothing = number | readonly [above: number, below: number];

export const smoothingOf = (smoothing: Smoothing): readonly [number, number] =>
  typeof smoothing === 'number' ? [smoothing, smoothing] : smoothing;
