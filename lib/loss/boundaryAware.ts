/**
 * Boundary-aware loss: cross-entropy in which pixels at the contour count more.
 *
 *     L = 1/N Σ −w ln p_y,   w = 1 + k E,   E = √(Gx² + Gy²)
 *
 * over all N pixels, with p_y the softmax probability of a pixel's true class, k = 5, and Gx and Gy the Sobel
 * derivatives of the true mask (of several classes that of the class with the largest E), by the kernels (sobel.ts)
 *
 *          −1  0  1             −1 −2 −1
 *     Gx = −2  0  2        Gy =  0  0  0
 *          −1  0  1              1  2  1
 *
 * Source: our reading of Yang et al. 2022 (AX-Unet), doi 10.3389/fonc.2022.894970, whose formula we could not
 * read; the factor k is that of its code.
 */
import { tf } from 'axunet-engine/engine';
import { meanFocalCrossEntropy, unfocused } from 'axunet-engine/ops/focalCrossEntropy';
import { softmaxCrossEntropy } from 'axunet-engine/ops/softmaxCrossEntropy';
import { foregroundClasses } from './foreground.ts';
import type { LossFunction } from './loss.ts';
import { classTruth } from './probabilityMap.ts';
import { sobelGradients } from './sobel.ts';

/** The weight of an edge, and what the sum over the pixels is divided by. */
export interface BoundaryAwareOptions {
  /** Weight of the edge; 5 by default. */
  readonly k?: number;
  /** What the weighted sum is divided by: the number of pixels (default), or the sum of the weights. */
  readonly dividedBy?: 'pixels' | 'weights';
}

/** E: 0 away from the contour of the foreground, 4 at a straight edge. `labels` [n, h, w]; output [n, h, w]. */
export const sobelMagnitude = (labels: tf.Tensor3D): tf.Tensor3D =>
  tf.tidy(() => {
    const { x, y } = sobelGradients(labels);
    return tf.sqrt(tf.add(tf.square(x), tf.square(y)));
  });

/**
 * w = 1 + k E with E the largest Sobel magnitude of the masks of `classes` (1, the foreground of two, by default): a
 * contour between two of them counts once, as any other. `labels` [n, h, w]; output [n, h, w].
 */
export const boundaryWeights = (labels: tf.Tensor3D, k = 5, classes: readonly number[] = [1]): tf.Tensor3D =>
  tf.tidy(() => {
    const edges = classes.map((c) => sobelMagnitude(classTruth(labels, c) as tf.Tensor3D));
    const edge = edges.reduce((most, each) => tf.maximum(most, each));
    return tf.add(1, tf.mul(k, edge));
  });

/** The loss of each pixel: −w ln p_y. `logits` [n, h, w, classes], `labels` [n, h, w]; output [n, h, w]. */
export const boundaryAwareMap = (logits: tf.Tensor4D, labels: tf.Tensor3D, k = 5): tf.Tensor3D =>
  tf.tidy(() => {
    const weights = boundaryWeights(labels, k, foregroundClasses(logits));
    return tf.mul(weights, tf.reshape(softmaxCrossEntropy(logits, labels), labels.shape));
  });

/** The mean of `boundaryAwareMap`. A mask without an edge (empty, full) gives cross-entropy. */
export function boundaryAware({ k = 5, dividedBy = 'pixels' }: BoundaryAwareOptions = {}): LossFunction {
  return (logits, labels) =>
    tf.tidy(() => {
      const weights = boundaryWeights(labels, k, foregroundClasses(logits));
      // focal with γ = 0 is cross-entropy: 1/N Σ −w ln p_y
      const mean = meanFocalCrossEntropy(logits, labels, unfocused, weights);
      return dividedBy === 'pixels' ? mean : tf.div(mean, tf.mean(weights));
    });
}
