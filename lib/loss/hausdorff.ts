/** Hausdorff distance-transform loss. Source: Karimi & Salcudean 2019, doi:10.1109/TMI.2019.2930068, equation 8. */
import { tf } from '../engine/engine.ts';
import { signedDistance } from '../engine/ops/signedDistance.ts';
import { crossEntropyDice } from './crossEntropyDice.ts';
import { foregroundProbability, foregroundTruth } from './probabilityMap.ts';

/** How much more a mistake costs far from the contour; the authors found 1 to 3 to work and took 2. */
export const hausdorffAlpha = 2;

/** |distance in pixels to the other side of the mask|^alpha; 0 where the mask of an image is empty or full. */
function distancePower(values: tf.Tensor, alpha: number): tf.Tensor {
  const distance = signedDistance(values);
  return alpha === 2 ? tf.square(distance) : tf.pow(tf.abs(distance), alpha);
}

/**
 * Mean over all pixels of (p − y)² · (D(p)^alpha + D(y)^alpha): p the softmax probability of the foreground, y its truth, D the distance in pixels to
 * the other side of the mask, of p's mask where p > 1/2. Both distances are constants to the gradient, as in the paper. An empty or
 * full mask has D = 0, so an image where both are so costs nothing: to be added to a loss of regions.
 * `logits` [n, h, w, classes] or [n, d, h, w, classes], `labels` without the last axis. Equal to MONAI's HausdorffDTLoss.
 */
export function hausdorff(logits: tf.Tensor, labels: tf.Tensor, alpha = hausdorffAlpha): tf.Scalar {
  return tf.tidy(() => {
    const [probability, truth] = [foregroundProbability(logits), foregroundTruth(labels)];
    const distances = tf.add(distancePower(probability, alpha), distancePower(truth, alpha));
    return tf.mean(tf.mul(tf.squaredDifference(probability, truth), distances)) as tf.Scalar;
  });
}

/**
 * ln(1 + Hausdorff loss). The plain loss is in squared pixels and goes from some 10⁴ at the start of a training to 10⁻³ at its end;
 * the logarithm keeps its gradient from drowning any other loss. Equal to MONAI's LogHausdorffDTLoss.
 */
export function logHausdorff(logits: tf.Tensor, labels: tf.Tensor, alpha = hausdorffAlpha): tf.Scalar {
  return tf.tidy(() => tf.log1p(hausdorff(logits, labels, alpha)) as tf.Scalar);
}

/** Cross-entropy + soft foreground Dice + ln(1 + Hausdorff loss). `logits` [n, h, w, classes], `labels` [n, h, w]. */
export function crossEntropyDiceHausdorff(logits: tf.Tensor4D, labels: tf.Tensor3D): tf.Scalar {
  return tf.tidy(() => tf.add(crossEntropyDice(logits, labels), logHausdorff(logits, labels)) as tf.Scalar);
}
