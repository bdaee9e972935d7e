/**
 * Boundary loss by signed distance:
 *
 *     L = 1/N Σ p φ
 *
 * over all N pixels, with p the softmax probability of a class and φ the signed distance of the pixel to the contour of
 * its true mask, in pixels: positive outside, negative inside; the mean over all classes but 0. Negative for a good
 * prediction.
 * Source: Kervadec et al. 2019, arXiv:1812.07032, and the distance map of their code.
 *
 * It is not meant to stand alone: its minimum is to call everything inside foreground and everything outside
 * background, but where the truth is empty it says nothing. The authors add it, with a weight of 0.01, to a loss of
 * regions.
 */
import { tf } from 'axunet-engine/engine';
import { crossEntropyDice } from './crossEntropyDice.ts';
import { foregroundClasses, meanOverClasses } from './foreground.ts';
import type { LossFunction } from './loss.ts';
import { classProbability, classTruth } from './probabilityMap.ts';
import { signedDistance } from './signedDistance.ts';
import { weightedSum } from './weightedSum.ts';

/** What the authors multiply the boundary loss by when they hold it constant beside a loss of regions. */
const boundaryWeight = 0.01;

/**
 * φ as in the authors' code: outside, the distance to the nearest pixel of the mask; inside, minus (the distance to the
 * nearest pixel outside − 1), so that the outermost pixels of the mask have 0. The paper's own φ is the distance to a
 * continuous contour, which has no − 1. 0 everywhere where the mask of an image is empty or full.
 * `truth` [n, h, w] or [n, d, h, w].
 */
export function boundaryMap(truth: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const signed = signedDistance(truth);
    return tf.add(signed, tf.cast(tf.less(signed, 0), 'float32'));
  });
}

/** `logits` [n, h, w, classes] or [n, d, h, w, classes], `labels` without the last axis. φ has no gradient. */
export function boundary(logits: tf.Tensor, labels: tf.Tensor): tf.Scalar {
  const ofClass = (c: number): tf.Scalar =>
    tf.mean(tf.mul(classProbability(logits, c), boundaryMap(classTruth(labels, c))));
  return tf.tidy(() => meanOverClasses(foregroundClasses(logits).map(ofClass)));
}

/** Cross-entropy + soft foreground Dice + 0.01 × boundary loss. */
export const crossEntropyDiceBoundary: LossFunction = weightedSum([
  { loss: crossEntropyDice, weight: 1 },
  { loss: boundary, weight: boundaryWeight },
]);
