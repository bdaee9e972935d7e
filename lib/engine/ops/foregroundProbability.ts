/**
 * Softmax probability of the foreground: of all classes but 0. With p₀ the background's, p = 1 − p₀, and
 *
 *     ∂p/∂z₀ = −p₀ (1 − p₀)      ∂p/∂z_c = p₀ p_c
 */
import { tf } from '../engine.ts';
import { ownOp } from '../native.ts';
import { hasOwnKernels } from './ownKernels.ts';

/** `logits` [n, h, w, classes], two classes or more; output [n, h, w]. */
export function foregroundProbability(logits: tf.Tensor4D): tf.Tensor3D {
  const [n, height, width] = logits.shape;
  if (!hasOwnKernels()) return tf.tidy(() => tf.sub(1, tf.reshape(tf.slice(tf.softmax(logits), [0, 0, 0, 0], [-1, -1, -1, 1]), [n, height, width])));
  return tf.customGrad((z, save) => {
    (save as unknown as tf.GradSaveFunc)([z as tf.Tensor]);
    return {
      value: ownOp('AxunetForeground', [n, height, width], [], [z as tf.Tensor]),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => ownOp('AxunetForegroundGradient', logits.shape, [], [...saved, dy]),
    };
  })(logits) as tf.Tensor3D;
}
