/**
 * Focal loss: cross-entropy that pays little for pixels that are already right.
 *
 *     L = 1/N Σ −α_y (1 − p_y)^γ ln p_y
 *
 * over all N pixels, with p_y the softmax probability of a pixel's true class, γ = 2, and α_y = 0.75 for foreground
 * (any class but 0) and 0.25 for background. Its gradient by the logits z of one pixel, for the true class y and any
 * other class k:
 *
 *     ∂L/∂z_y = 1/N α_y (1 − p_y)^γ (γ p_y ln p_y − (1 − p_y))        ∂L/∂z_k = −∂L/∂z_y p_k / (1 − p_y)
 *
 * Code of the gradient: where our kernels are loaded `FocalTwoGradient` in engine/cpp/lossFocal.cc, by z; elsewhere
 * `slope` in engine/ops/focalCrossEntropy.ts, by −ln p_y instead of z.
 * Source: Lin et al. 2017, doi 10.1109/ICCV.2017.324.
 */
import { tf } from 'axunet-engine/engine';
import { focalCrossEntropy, meanFocalCrossEntropy } from 'axunet-engine/ops/focalCrossEntropy';
import type { LossFunction } from './loss.ts';

/** How strongly sure pixels are faded out, and the weight of the foreground. */
export interface FocalOptions {
  /**
   * How fast the loss of a pixel falls with its probability; 0 is cross-entropy. 2 by default, as Lin et al. advise.
   */
  readonly gamma?: number;
  /**
   * Weight of foreground pixels (label above 0); background pixels have 1 − alpha. null weighs all pixels by 1.
   * 0.75 by default, as the reference.
   */
  readonly alpha?: number | null;
}

/** The loss of each pixel. Takes `logits` [n, h, w, classes] and `labels` [n, h, w]; output [n, h, w]. */
export function focalMap({ gamma = 2, alpha = 0.75 }: FocalOptions = {}) {
  return (logits: tf.Tensor4D, labels: tf.Tensor3D): tf.Tensor3D =>
    tf.tidy(() => tf.reshape(focalCrossEntropy(logits, labels, { gamma, alpha }), labels.shape));
}

/** The mean of `focalMap` over all pixels. An empty mask is nothing special: its pixels are background. */
export function focal({ gamma = 2, alpha = 0.75 }: FocalOptions = {}): LossFunction {
  return (logits, labels) => tf.tidy(() => meanFocalCrossEntropy(logits, labels, { gamma, alpha }));
}
