/**
 * Tversky loss: a Dice that weighs false positives and missed pixels apart.
 *
 *     L = 1 − TI,   TI = (Σ p y + s) / (Σ p y + α Σ p (1 − y) + β Σ (1 − p) y + s)
 *
 * with p the softmax probability of a class, y its truth, α = 0.3, β = 0.7 and s = 1 pixel; the sums go over the batch
 * (default) or each image. The mean is taken over these and over all classes but 0.
 * Source: Salehi et al. 2017, doi 10.1007/978-3-319-67389-9_44.
 */
import { tf } from 'axunet-engine/engine';
import { foregroundSums, meanOverClasses, type Smoothing, smoothingOf } from './foreground.ts';
import type { LossFunction, Over } from './loss.ts';

/** What a false positive and a false negative cost, over what the index is taken, and the smoothing. */
export interface TverskyOptions {
  /** Weight of false positives (α); 0.3 by default. With 0.5 for both weights the loss is soft Dice. */
  readonly falsePositives?: number;
  /** Weight of missed pixels (β); 0.7 by default. */
  readonly falseNegatives?: number;
  readonly over?: Over;
  /** 1 pixel by default. */
  readonly smoothing?: Smoothing;
}

/** 1 − TI of the batch [1] or of each image [n], for each class but 0. */
export function tverskyDistances(logits: tf.Tensor4D, labels: tf.Tensor3D, options: TverskyOptions): tf.Tensor1D[] {
  const { falsePositives = 0.3, falseNegatives = 0.7, over = 'batch', smoothing = 1 } = options;
  const [above, below] = smoothingOf(smoothing);
  return foregroundSums(logits, labels, over).map(({ probability, overlap, truth }) => {
    const wrong = tf.add(
      tf.mul(falsePositives, tf.sub(probability, overlap)),
      tf.mul(falseNegatives, tf.sub(truth, overlap)),
    );
    return tf.sub(1, tf.div(tf.add(overlap, above), tf.add(tf.add(overlap, wrong), below)));
  });
}

/** The mean of `tverskyDistances`. An empty truth costs 1 − s / (α Σ p + s): nothing for an empty prediction. */
export function tversky(options: TverskyOptions = {}): LossFunction {
  return (logits, labels) =>
    tf.tidy(() => meanOverClasses(tverskyDistances(logits, labels, options).map((each) => tf.mean(each) as tf.Scalar)));
}
