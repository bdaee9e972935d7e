/**
 * Hausdorff distance-transform loss:
 *
 *     L = 1/N Σ (p − y)² (D(p)^α + D(y)^α)
 *
 * over all N pixels, with p the softmax probability of a class, y its truth, α = 2, and D the distance in pixels to the
 * other side of the mask, of p's mask where p > 1/2; the mean over all classes but 0. Both distances are constants to
 * the gradient, as in the paper. Source: Karimi & Salcudean 2019, arXiv:1904.10030.
 */
import { tf } from 'axunet-engine/engine';
import { crossEntropyDice } from './crossEntropyDice.ts';
import { foregroundClasses, meanOverClasses } from './foreground.ts';
import type { LossFunction } from './loss.ts';
import { classProbability, classTruth } from './probabilityMap.ts';
import { signedDistance } from './signedDistance.ts';
import { weightedSum } from './weightedSum.ts';

/** How much more a mistake costs far from the contour; the authors found 1 to 3 to work and took 2. */
const hausdorffAlpha = 2;

/** |distance in pixels to the other side of the mask|^alpha; 0 where the mask of an image is empty or full. */
function distancePower(values: tf.Tensor, alpha: number): tf.Tensor {
  const distance = signedDistance(values);
  return alpha === 2 ? tf.square(distance) : tf.pow(tf.abs(distance), alpha);
}

/** The power of the distances. */
export interface HausdorffOptions {
  /** 2 by default. */
  readonly alpha?: number;
}

/** A loss of logits [n, h, w, classes] or [n, d, h, w, classes] and of labels without the last axis. */
type SpatialLoss = (logits: tf.Tensor, labels: tf.Tensor) => tf.Scalar;

/**
 * An empty or full mask has D = 0, so an image where both are so costs nothing: to be added to a loss of regions. Equal
 * to MONAI's HausdorffDTLoss.
 */
export function hausdorffLoss({ alpha = hausdorffAlpha }: HausdorffOptions = {}): SpatialLoss {
  return (logits, labels) =>
    tf.tidy(() => {
      const losses = foregroundClasses(logits).map((c) => {
        const [probability, truth] = [classProbability(logits, c), classTruth(labels, c)];
        const distances = tf.add(distancePower(probability, alpha), distancePower(truth, alpha));
        return tf.mean(tf.mul(tf.squaredDifference(probability, truth), distances)) as tf.Scalar;
      });
      return meanOverClasses(losses);
    });
}

/**
 * ln(1 + L). L is in squared pixels, some 10⁴ where a prediction is noise and far below 1 for a good one; the logarithm
 * keeps its gradient from drowning that of any other loss. Equal to MONAI's LogHausdorffDTLoss.
 */
export function logHausdorff(options: HausdorffOptions = {}): SpatialLoss {
  const loss = hausdorffLoss(options);
  return (logits, labels) => tf.tidy(() => tf.log1p(loss(logits, labels)) as tf.Scalar);
}

/** Beside cross-entropy and Dice: the logarithm is some 5 at the start of a training, where each of them is below 1. */
const hausdorffWeight = 0.1;

/** Cross-entropy + soft foreground Dice + 0.1 × ln(1 + Hausdorff loss). */
export const crossEntropyDiceHausdorff: LossFunction = weightedSum([
  { loss: crossEntropyDice, weight: 1 },
  { loss: logHausdorff(), weight: hausdorffWeight },
]);
