/**
 * Focal cross-entropy of each pixel (Lin et al. 2017, doi 10.1109/ICCV.2017.324). With
 * c = −log p_label ≥ 0 and q = 1 − p_label = 1 − e^−c:
 *
 *     F = α q^γ c      dF/dc = α q^γ (1 + γ e^−c c / q)
 *
 * where c / q → 1 as c → 0. Nothing here overflows, and q keeps its digits where p rounds to 1. Our kernels
 * (cpp/lossFocal.cc) compute loss and gradient in one pass each.
 */
import { tf } from '../engine.ts';
import { hasLossKernels, type OwnFocalParameters, ownFocal, ownFocalMean } from './ownFocal.ts';
import { softmaxCrossEntropy } from './softmaxCrossEntropy.ts';

/** How strongly sure pixels are faded out, and the weight of the foreground. */
export interface FocalParameters {
  /** 0 or more; 0 is cross-entropy. */
  readonly gamma: number;
  /** Weight of pixels with a label above 0; others have 1 − alpha. null: 1 for all. */
  readonly alpha: number | null;
}

/**
 * `logits` [n, h, w, classes], `labels` [n, h, w] class numbers (int32); output: the loss of each pixel, [n · h · w].
 */
export function focalCrossEntropy(
  logits: tf.Tensor4D,
  labels: tf.Tensor3D,
  { gamma, alpha }: FocalParameters,
): tf.Tensor1D {
  if (hasLossKernels(logits)) return ownFocal(logits, labels, ownParameters({ gamma, alpha }));
  const entropy = softmaxCrossEntropy(logits, labels);
  const value = gamma === 0 ? entropy : focused(entropy, gamma);
  if (alpha === null) return value;
  const isForeground = tf.cast(tf.greater(tf.reshape(labels, [-1]), 0), 'float32');
  return tf.mul(value, tf.add(tf.mul(isForeground, 2 * alpha - 1), 1 - alpha));
}

const ownParameters = ({ gamma, alpha }: FocalParameters): OwnFocalParameters => ({
  gamma,
  background: alpha === null ? 1 : 1 - alpha,
  foreground: alpha ?? 1,
});

/**
 * The mean over all pixels of that, each times its weight where `weights` [n, h, w] are given; they have no gradient.
 */
export function meanFocalCrossEntropy(
  logits: tf.Tensor4D,
  labels: tf.Tensor3D,
  parameters: FocalParameters,
  weights?: tf.Tensor3D,
): tf.Scalar {
  if (hasLossKernels(logits)) return ownFocalMean(logits, labels, ownParameters(parameters), weights);
  const value = focalCrossEntropy(logits, labels, parameters);
  return tf.mean(weights ? tf.mul(value, tf.reshape(weights, [-1])) : value);
}

/** γ and α with which focal cross-entropy is cross-entropy. */
export const unfocused: FocalParameters = { gamma: 0, alpha: null };

/** c → q^γ c. */
const focused = (entropy: tf.Tensor1D, gamma: number): tf.Tensor1D =>
  tf.customGrad((c, save) => {
    const entropies = c as tf.Tensor1D;
    (save as unknown as tf.GradSaveFunc)([entropies]);
    return {
      value: tf.mul(focus(entropies, gamma), entropies),
      gradFunc: (dy: tf.Tensor, [saved]: tf.Tensor[]) => tf.mul(dy, slope(saved, gamma)),
    };
  })(entropy) as tf.Tensor1D;

const wrongness = (c: tf.Tensor): tf.Tensor => tf.neg(tf.expm1(tf.neg(c)));
const focus = (c: tf.Tensor, gamma: number): tf.Tensor =>
  gamma === 2 ? tf.square(wrongness(c)) : tf.pow(wrongness(c), gamma);

function slope(c: tf.Tensor, gamma: number): tf.Tensor {
  const q = wrongness(c);
  const ratio = tf.div(c, tf.maximum(q, 1e-30)); // 0 where c is 0: there q^γ is 0 too
  return tf.mul(focus(c, gamma), tf.add(1, tf.mul(gamma, tf.mul(tf.exp(tf.neg(c)), ratio))));
}
