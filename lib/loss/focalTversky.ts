/**
 * Focal Tversky loss: hard images count more.
 *
 *     L = mean over images and classes of (1 − TI)^(1/γ)
 *
 * with TI the Tversky index of a class in an image (tversky.ts) and γ = 4/3.
 * Source: Abraham and Khan 2019, doi 10.1109/ISBI.2019.8759329.
 */
import { tf } from 'axunet-engine/engine';
import { meanOverClasses } from './foreground.ts';
import type { LossFunction } from './loss.ts';
import { type TverskyOptions, tverskyDistances } from './tversky.ts';

/** The options of Tversky and the root. */
export interface FocalTverskyOptions extends TverskyOptions {
  /** Each image costs (1 − TI)^(1/γ); 4/3 by default, as Abraham and Khan advise. */
  readonly gamma?: number;
}

/** Below this distance the slope of the root stays as it is here: at 0 it would be infinite. */
const leastDistance = 1e-6;

/** x^e for x ≥ 0 and 0 < e ≤ 1 with a finite slope; rounding below 0 counts as 0. */
const root = (x: tf.Tensor, exponent: number): tf.Tensor =>
  tf.customGrad((given, save) => {
    const distance = tf.relu(given as tf.Tensor);
    (save as unknown as tf.GradSaveFunc)([distance]);
    return {
      value: tf.pow(distance, exponent),
      gradFunc: (dy: tf.Tensor, [saved]: tf.Tensor[]) =>
        tf.mul(dy, tf.mul(exponent, tf.pow(tf.maximum(saved, leastDistance), exponent - 1))),
    };
  })(x);

/** The mean of (1 − TI)^(1/γ) over the images (default) or of the batch. An empty truth as in `tversky`. */
export function focalTversky({ gamma = 4 / 3, over = 'sample', ...options }: FocalTverskyOptions = {}): LossFunction {
  const costOf = (distances: tf.Tensor1D): tf.Scalar => tf.mean(root(distances, 1 / gamma));
  return (logits, labels) =>
    tf.tidy(() => meanOverClasses(tverskyDistances(logits, labels, { ...options, over }).map(costOf)));
}
