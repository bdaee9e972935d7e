/**
 * Generalized Dice: one Dice of all classes, each weighted by its rarity.
 *
 *     L = 1 − 2 Σ_l w_l Σ r_l p_l / Σ_l w_l Σ (r_l + p_l),   w_l = 1 / (Σ r_l)²
 *
 * over all classes l, background included, with p_l the softmax probability of class l and r_l its truth; the inner
 * sums go over the pixels of the batch (default) or of each image, and then the mean is taken. Source: Sudre et al.
 * 2017, doi 10.1007/978-3-319-67558-9_28.
 */
import { tf } from 'axunet-engine/engine';
import { classSums } from 'axunet-engine/ops/classSums';
import { type Smoothing, smoothingOf } from './foreground.ts';
import type { LossFunction, Over } from './loss.ts';

/** Weight of a class with N pixels of truth: `square` 1 / N² (Sudre), `simple` 1 / N, `uniform` 1. */
export type ClassWeights = 'square' | 'simple' | 'uniform';

/** 1 / w of a class with so many pixels of truth. */
const inverseWeights: Readonly<Record<ClassWeights, (pixels: tf.Tensor) => tf.Tensor>> = {
  square: (pixels) => tf.square(pixels),
  simple: (pixels) => pixels,
  uniform: (pixels) => tf.onesLike(pixels),
};

/** Over what Dice is taken, how classes are weighted, and the smoothing. */
export interface GeneralizedDiceOptions {
  readonly over?: Over;
  readonly weights?: ClassWeights;
  /** Added above and below, 0 by default; not in pixels: with `square` one pixel of truth counts 1/N². */
  readonly smoothing?: Smoothing;
}

/**
 * A class without a pixel, whose weight would be infinite, takes the largest weight of the others, as MONAI has it: an
 * empty mask then costs the mean probability of the foreground.
 */
export function generalizedDice({
  over = 'batch',
  weights = 'square',
  smoothing = 0,
}: GeneralizedDiceOptions = {}): LossFunction {
  const [above, below] = smoothingOf(smoothing);
  return (logits, labels) =>
    tf.tidy(() => {
      const sums = classSums(logits, labels);
      const [probability, overlap, truth] = [sums.probability, sums.overlap, sums.truth].map((each) =>
        over === 'batch' ? tf.sum(each, 0, true) : each,
      );
      const isAbsent = tf.equal(truth, 0);
      // Pixels of the rarest class that is present.
      const rarest = tf.min(tf.where(isAbsent, tf.fill(truth.shape, Infinity), truth), 1, true);
      // Weights relative to the largest, so that none is lost in float32; the smoothing is scaled alike.
      const share = tf.div(rarest, tf.where(isAbsent, tf.mul(tf.onesLike(truth), rarest), truth));
      const inverse = inverseWeights[weights];
      const scale = tf.reshape(inverse(rarest), [-1]);
      const sum = (of: tf.Tensor): tf.Tensor => tf.sum(tf.mul(inverse(share), of), 1);
      const found = tf.add(tf.mul(2, sum(overlap)), tf.mul(scale, above));
      const all = tf.add(sum(tf.add(truth, probability)), tf.mul(scale, below));
      return tf.mean(tf.sub(1, tf.div(found, all))) as tf.Scalar;
    });
}
