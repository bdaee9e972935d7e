/**
 * Cross-entropy plus soft Dice, the default of a run:
 *
 *     L = 1/N Σ −ln p_y + 1 − (2 Σ p y + 1) / (Σ p + Σ y + 1)
 *
 * with the symbols of crossEntropy.ts and softDice.ts. The reference's training run meant this loss; its Dice is of the
 * foreground here.
 */
import { tf } from 'axunet-engine/engine';
import { crossEntropy } from './crossEntropy.ts';
import { softDice } from './softDice.ts';

/** Cross-entropy + soft foreground Dice, equal weights. `logits` [n, h, w, classes], `labels` [n, h, w]. */
export function crossEntropyDice(logits: tf.Tensor4D, labels: tf.Tensor3D): tf.Scalar {
  return tf.tidy(() => tf.add(crossEntropy(logits, labels), softDice(logits, labels)) as tf.Scalar);
}
