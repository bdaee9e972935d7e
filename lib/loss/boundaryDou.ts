/**
 * Boundary difference over union:
 *
 *     L = (U − I) / (U − α I + 1),   U − I = Σ p² + Σ y² − 2 Σ p y,   I = Σ p y,   α = 1 − 2 C / S, at most 0.8
 *
 * with p the softmax probability of a class and y its truth; S counts the pixels of the truth and C those at its
 * contour. The larger the organ, the less its inside counts; at α = −1, all contour, it is a Dice loss with squares.
 * Sums go over the batch, as in `softDice`; the mean over all classes but 0.
 * Source: Sun et al. 2023 (MICCAI), arXiv:2308.00220.
 */
import { tf } from 'axunet-engine/engine';
import { foregroundClasses, meanOverClasses } from './foreground.ts';
import { classProbability, classTruth } from './probabilityMap.ts';

/** Largest share of the overlap that leaves the union, after the paper. */
const largestAlpha = 0.8;
/** Added below, in pixels: makes an empty truth with an empty prediction count as perfect. */
const smoothing = 1;

/**
 * Pixels of the mask with a neighbour above, below, left or right outside it or beyond the image. `truth` [n, h, w].
 */
function contour(truth: tf.Tensor3D): tf.Tensor3D {
  const [n, height, width] = truth.shape;
  const around = [0, 1, 1].map((pixels): [number, number] => [pixels, pixels]);
  const padded = tf.pad(truth, around);
  const moved = (y: number, x: number): tf.Tensor => tf.slice(padded, [0, 1 + y, 1 + x], [n, height, width]);
  const inner = tf.mul(tf.mul(moved(-1, 0), moved(1, 0)), tf.mul(moved(0, -1), moved(0, 1)));
  return tf.sub(truth, tf.mul(truth, inner));
}

/** Between 0 and 1; 0 for an empty truth predicted as empty. `logits` [n, h, w, classes], `labels` [n, h, w]. */
export function boundaryDou(logits: tf.Tensor4D, labels: tf.Tensor3D): tf.Scalar {
  const ofClass = (c: number): tf.Scalar => {
    const [probability, truth] = [classProbability(logits, c), classTruth(labels, c) as tf.Tensor3D];
    const area = tf.sum(truth);
    const alpha = tf.minimum(tf.sub(1, tf.div(tf.mul(2, tf.sum(contour(truth))), tf.maximum(area, 1))), largestAlpha);
    const overlap = tf.sum(tf.mul(probability, truth));
    const difference = tf.sum(tf.squaredDifference(probability, truth));
    const union = tf.add(difference, tf.mul(overlap, tf.sub(1, alpha)));
    return tf.div(difference, tf.add(union, smoothing)) as tf.Scalar;
  };
  return tf.tidy(() => meanOverClasses(foregroundClasses(logits).map(ofClass)));
}
