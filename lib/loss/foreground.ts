/** The foreground class by class: every class but 0 counts alike, and of two classes there is one. */
import { tf } from 'axunet-engine/engine';
import { classSums } from 'axunet-engine/ops/classSums';
import type { Over } from './loss.ts';

/** The numbers of the foreground classes of `logits` [n, …, classes]: 1, 2, … */
export const foregroundClasses = (logits: tf.Tensor): number[] =>
  Array.from({ length: logits.shape[logits.rank - 1] - 1 }, (_, i) => i + 1);

/** The mean of one loss for each foreground class; of one class its loss as it is. */
export const meanOverClasses = (losses: readonly tf.Scalar[]): tf.Scalar =>
  losses.length === 1 ? losses[0] : tf.div(tf.addN([...losses]), losses.length);

/**
 * Sums over the pixels with p the probability of a class and y its truth: Σ p, Σ p y, Σ y and Σ p². One number per
 * image, or one in all.
 */
interface ForegroundSums {
  readonly probability: tf.Tensor1D;
  readonly overlap: tf.Tensor1D;
  readonly truth: tf.Tensor1D;
  readonly squares: tf.Tensor1D;
}

/** Of each foreground class. `logits` [n, h, w, classes], `labels` [n, h, w]; sums of [n], over the batch of [1]. */
export function foregroundSums(logits: tf.Tensor4D, labels: tf.Tensor3D, over: Over): ForegroundSums[] {
  const { probability, overlap, truth, squares } = classSums(logits, labels);
  return foregroundClasses(logits).map((c) => {
    const pick = (sums: tf.Tensor2D): tf.Tensor1D => {
      const column = tf.reshape(tf.slice(sums, [0, c], [-1, 1]), [-1]) as tf.Tensor1D;
      return over === 'sample' ? column : tf.sum(column, 0, true);
    };
    return { probability: pick(probability), overlap: pick(overlap), truth: pick(truth), squares: pick(squares) };
  });
}

/**
 * Numbers of pixels added above and below a quotient of sums, which decide what an empty image costs: one number for
 * both, or one each. With the same number s in both, an empty truth costs 1 − s / (Σ p + s): nothing for an empty
 * prediction.
 */
export type Smoothing = number | readonly [above: number, below: number];

export const smoothingOf = (smoothing: Smoothing): readonly [number, number] =>
  typeof smoothing === 'number' ? [smoothing, smoothing] : smoothing;
