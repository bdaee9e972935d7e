/**
 * Generalized Dice: one Dice of all classes, each weighted by its rarity.
 * Source: Sudre et al. 2017, doi 10.1007/978-3-319-67558-9_28.
 */
import { tf } from 'axunet-engine/engine';
import { classSums } from 'axunet-engine/ops/classSums';
import { type Smoothing, smoothingOf } from './foreground.ts';
import type { LossFunction, Over } from './loss.ts';

/** Weight of a class with N pixels of truth: `square` 1 / N² (Sudre), `simple` 1 / N, `uniform` 1. */
export type ClassWeights = 'square' | 'simple' | 'uniform';

/** Over what Dice is taken, how classes are weighted, and the smoothing. */
export interface GeneralizedDiceOptions {
  readonly over?: Over;
  readonly weights?: ClassWeights;
  /**
   * Added above and below, in the unit of the weighted sums (not pixels: with `square` one pixel of truth counts 1 /
   * N²); 0 by default.
   */
  readonly smoothing?: Smoothing;
}

/**
 * 1 − 2 Σ_l w_l Σ r_l p_l / Σ_l w_l Σ (r_l + p_l) over all classes l, background included; of the batch (default), or
 * the mean of the images. A class without a pixel, whose weight would be infinite, takes the largest weight of the
 * others, as MONAI has it: an empty mask then costs the mean probability of the foreground.
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
      const rarest = tf.min(tf.where(isAbsent, tf.fill(truth.shape, Infinity), truth), 1, true); // pixels of the rarest class present
      // Weights relative to the largest, so that none is lost in float32; the smoothing is scaled alike.
      const share = tf.div(rarest, tf.where(isAbsent, tf.mul(tf.onesLike(truth), rarest), truth));
      const power = (x: tf.Tensor): tf.Tensor =>
        weights === 'square' ? tf.square(x) : weights === 'simple' ? x : tf.onesLike(x);
      const scale = tf.reshape(power(rarest), [-1]);
      const sum = (of: tf.Tensor): tf.Tensor => tf.sum(tf.mul(power(share), of), 1);
      const found = tf.add(tf.mul(2, sum(overlap)), tf.mul(scale, above));
      return tf.mean(
        tf.sub(1, tf.div(found, tf.add(sum(tf.add(truth, probability)), tf.mul(scale, below)))),
      ) as tf.Scalar;
    });
}
