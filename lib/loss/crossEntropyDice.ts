/**
 * The loss of the reference's training run as it was meant: cross-entropy plus soft Dice, with a Dice of the
 * foreground.
 */
import { tf } from 'axunet-engine/engine';
import { crossEntropy } from './crossEntropy.ts';
import { softDice } from './softDice.ts';

/** Cross-entropy + soft foreground Dice, equal weights. `logits` [n, h, w, classes], `labels` [n, h, w]. */
export function crossEntropyDice(logits: tf.Tensor4D, labels: tf.Tensor3D): tf.Scalar {
  return tf.tidy(() => tf.add(crossEntropy(logits, labels), softDice(logits, labels)) as tf.Scalar);
}
