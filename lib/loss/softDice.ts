/**
 * Soft Dice of the foreground:
 *
 *     L = 1 − (2 Σ p y + s) / (Σ p + Σ y + s)
 *
 * with p the softmax probability of a class, y its truth, and s = 1 pixel; the sums go over the pixels of the whole
 * batch (default) or of each image. The mean is taken over these and over all classes but 0.
 * Source: Milletari et al. 2016 (V-Net), doi 10.1109/3DV.2016.79, with sums instead of squares.
 */
import { tf } from 'axunet-engine/engine';
import { foregroundSums, meanOverClasses, type Smoothing, smoothingOf } from './foreground.ts';
import type { LossFunction, Over } from './loss.ts';

/** Added above and below, in pixels: makes an empty truth with an empty prediction count as perfect. */
const diceSmoothing = 1;

/** Over what Dice is taken, and which form of it. */
export interface DiceOptions {
  readonly over?: Over;
  /** 1 pixel by default. */
  readonly smoothing?: Smoothing;
  /** Σ p² + Σ y² below instead of Σ p + Σ y, as V-Net has it. */
  readonly squared?: boolean;
  /** The Jaccard index instead: Σ p y / (Σ p + Σ y − Σ p y). */
  readonly jaccard?: boolean;
}

/** The Dice loss with other options. An empty truth costs 1 − s / (Σ p + s): nothing for an empty prediction. */
export function diceLoss({
  over = 'batch',
  smoothing = diceSmoothing,
  squared = false,
  jaccard = false,
}: DiceOptions = {}): LossFunction {
  const [above, below] = smoothingOf(smoothing);
  return (logits, labels) =>
    tf.tidy(() => {
      const losses = foregroundSums(logits, labels, over).map(({ probability, overlap, truth, squares }) => {
        const total = tf.add(squared ? squares : probability, truth);
        const [found, all] = jaccard ? [overlap, tf.sub(total, overlap)] : [tf.mul(2, overlap), total];
        return tf.mean(tf.sub(1, tf.div(tf.add(found, above), tf.add(all, below)))) as tf.Scalar;
      });
      return meanOverClasses(losses);
    });
}

/**
 * Soft Dice over the whole batch: most slices hold no pancreas, and a slice without any would otherwise give a gradient
 * that only its own false positives shape. `logits` [n, h, w, classes], `labels` [n, h, w].
 */
export const softDice: LossFunction = diceLoss();

/** The mean of the images' soft Dice. */
export const softDicePerSample: LossFunction = diceLoss({ over: 'sample' });
