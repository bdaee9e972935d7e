/**
 * Boundary loss by signed distance. Source: Kervadec et al. 2019, arXiv:1812.07032, and the distance map of their code.
 *
 * It is not meant to stand alone: its minimum is to call everything inside foreground and everything outside
 * background, but where the truth is empty it says nothing. The authors add it, with a weight of 0.01, to a loss of
 * regions.
 */
import { tf } from 'axunet-engine/engine';
import { crossEntropyDice } from './crossEntropyDice.ts';
import type { LossFunction } from './loss.ts';
import { foregroundProbability, foregroundTruth } from './probabilityMap.ts';
import { signedDistance } from './signedDistance.ts';
import { weightedSum } from './weightedSum.ts';

/** What the authors multiply the boundary loss by when they hold it constant beside a loss of regions. */
export const boundaryWeight = 0.01;

/**
 * The distance map φ of the authors' code, in pixels: outside, the distance to the nearest pixel of the mask; inside,
 * minus (the distance to the nearest pixel outside − 1), so that the outermost pixels of the mask have 0. The paper's
 * own φ is the distance to a continuous contour, which has no − 1. 0 everywhere where the mask of an image is empty or
 * full. `truth` [n, h, w] or [n, d, h, w].
 */
export function boundaryMap(truth: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const signed = signedDistance(truth);
    return tf.add(signed, tf.cast(tf.less(signed, 0), 'float32'));
  });
}

/**
 * Mean over all pixels of p · φ: p the softmax probability of the foreground, φ the map of the true mask
 * (`boundaryMap`), a constant. Negative for a good prediction. `logits` [n, h, w, classes] or [n, d, h, w, classes],
 * `labels` without the last axis.
 */
export function boundary(logits: tf.Tensor, labels: tf.Tensor): tf.Scalar {
  return tf.tidy(
    () => tf.mean(tf.mul(foregroundProbability(logits), boundaryMap(foregroundTruth(labels)))) as tf.Scalar,
  );
}

/** Cross-entropy + soft foreground Dice + 0.01 × boundary loss. */
export const crossEntropyDiceBoundary: LossFunction = weightedSum([
  { loss: crossEntropyDice, weight: 1 },
  { loss: boundary, weight: boundaryWeight },
]);
