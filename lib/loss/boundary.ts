/**
 * Boundary loss by signed distance. Source: Kervadec et al. 2019/2021, doi:10.1016/j.media.2020.101851, and the distance map of their code.
 *
 * It is not meant to stand alone: its minimum is to call everything inside foreground and everything outside background, but where the
 * truth is empty it says nothing. The authors add it, with a weight of 0.01, to a loss of regions.
 */
import { tf } from '../engine/engine.ts';
import { signedDistance } from '../engine/ops/signedDistance.ts';
import { crossEntropyDice } from './crossEntropyDice.ts';
import { foregroundProbability, foregroundTruth } from './probabilityMap.ts';

/** What the authors multiply the boundary loss by when they hold it constant beside a loss of regions. */
export const boundaryWeight = 0.01;

/**
 * The distance map φ of the authors' code, in pixels: outside, the distance to the nearest pixel of the mask; inside, minus (the
 * distance to the nearest pixel outside − 1), so that the outermost pixels of the mask have 0. The paper's own φ is the distance to a
 * continuous contour, which has no − 1. 0 everywhere where the mask of an image is empty or full. `truth` [n, h, w] or [n, d, h, w].
 */
export function boundaryMap(truth: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const signed = signedDistance(truth);
    return tf.add(signed, tf.cast(tf.less(signed, 0), 'float32'));
  });
}

/**
 * Mean over all pixels of p · φ: p the softmax probability of the foreground, φ the map of the true mask (`boundaryMap`), a constant.
 * Negative for a good prediction. `logits` [n, h, w, classes] or [n, d, h, w, classes], `labels` without the last axis.
 */
export function boundary(logits: tf.Tensor, labels: tf.Tensor): tf.Scalar {
  return tf.tidy(() => tf.mean(tf.mul(foregroundProbability(logits), boundaryMap(foregroundTruth(labels)))) as tf.Scalar);
}

/** Cross-entropy + soft foreground Dice + 0.01 × boundary loss. `logits` [n, h, w, classes], `labels` [n, h, w]. */
export function crossEntropyDiceBoundary(logits: tf.Tensor4D, labels: tf.Tensor3D): tf.Scalar {
  return tf.tidy(() => tf.add(crossEntropyDice(logits, labels), tf.mul(boundaryWeight, boundary(logits, labels))) as tf.Scalar);
}
