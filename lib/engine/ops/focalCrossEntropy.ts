/**
 * Focal cross-entropy of each pixel (Lin et al. 2017, doi 10.1109/ICCV.2017.324). With c = −log p_label ≥ 0 and q = 1 − p_label = 1 − e^−c:
 *
 *     F = α q^γ c      dF/dc = α q^γ (1 + γ e^−c c / q)
 *
 * where c / q → 1 as c → 0. Nothing here overflows, and q keeps its digits where p rounds to 1. Our kernels (cpp/loss.cc) compute loss and
 * gradient in one pass each.
 */
import { tf } from '../engine.ts';
import { ownOp } from '../native.ts';
import { mostClasses } from './classSums.ts';
import { hasOwnKernels } from './ownKernels.ts';
import { softmaxCrossEntropy } from './softmaxCrossEntropy.ts';

export interface FocalParameters {
  /** 0 or more; 0 is cross-entropy. */
  readonly gamma: number;
  /** Weight of pixels with a label above 0; others have 1 − alpha. null: 1 for all. */
  readonly alpha: number | null;
}

/** `logits` [n, h, w, classes], `labels` [n, h, w] class numbers (int32); output: the loss of each pixel, [n · h · w]. */
export function focalCrossEntropy(logits: tf.Tensor4D, labels: tf.Tensor3D, { gamma, alpha }: FocalParameters): tf.Tensor1D {
  if (hasOwnKernels() && logits.shape[3] <= mostClasses) return ownFocal(logits, labels, [gamma, ...(alpha === null ? [1, 1] : [1 - alpha, alpha])]);
  const entropy = softmaxCrossEntropy(logits, labels);
  const value = gamma === 0 ? entropy : focused(entropy, gamma);
  if (alpha === null) return value;
  const isForeground = tf.cast(tf.greater(tf.reshape(labels, [-1]), 0), 'float32');
  return tf.mul(value, tf.add(tf.mul(isForeground, 2 * alpha - 1), 1 - alpha));
}

/** `parameters`: γ, and the weights of background and foreground pixels. */
function ownFocal(logits: tf.Tensor4D, labels: tf.Tensor3D, parameters: readonly number[]): tf.Tensor1D {
  const [numbers, inputs] = [tf.tensor1d([...parameters]), tf.cast(labels, 'float32')];
  return tf.customGrad((z, save) => {
    (save as unknown as tf.GradSaveFunc)([z as tf.Tensor, inputs, numbers]);
    return {
      value: ownOp<tf.Tensor1D>('AxunetFocal', [labels.size], [], [z as tf.Tensor, inputs, numbers]),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => ownOp('AxunetFocalGradient', logits.shape, [], [...saved, dy]),
    };
  })(logits) as tf.Tensor1D;
}

/** c → q^γ c. */
const focused = (entropy: tf.Tensor1D, gamma: number): tf.Tensor1D => tf.customGrad((c, save) => {
  const entropies = c as tf.Tensor1D;
  (save as unknown as tf.GradSaveFunc)([entropies]);
  return { value: tf.mul(focus(entropies, gamma), entropies), gradFunc: (dy: tf.Tensor, [saved]: tf.Tensor[]) => tf.mul(dy, slope(saved, gamma)) };
})(entropy) as tf.Tensor1D;

const wrongness = (c: tf.Tensor): tf.Tensor => tf.neg(tf.expm1(tf.neg(c)));
const focus = (c: tf.Tensor, gamma: number): tf.Tensor => (gamma === 2 ? tf.square(wrongness(c)) : tf.pow(wrongness(c), gamma));

function slope(c: tf.Tensor, gamma: number): tf.Tensor {
  const q = wrongness(c);
  const ratio = tf.div(c, tf.maximum(q, 1e-30)); // 0 where c is 0: there q^γ is 0 too
  return tf.mul(focus(c, gamma), tf.add(1, tf.mul(gamma, tf.mul(tf.exp(tf.neg(c)), ratio))));
}
