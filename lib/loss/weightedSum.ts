/** A weighted sum of losses, with weights that may change in the course of training. */
import { tf } from 'axunet-engine/engine';
import { expected } from '../errors.ts';
import type { LossFunction } from './loss.ts';

/**
 * A weight that goes linearly from one value to another while the run's progress goes from `begin` to `end` (shares of
 * the run, 0 and 1 by default).
 */
export interface Ramp {
  readonly from: number;
  readonly to: number;
  readonly begin?: number;
  readonly end?: number;
}

/** One loss of a sum and its weight, a number or one that changes over the run. */
export interface Term {
  readonly loss: LossFunction;
  readonly weight: number | Ramp;
}

/** The ramp's weight at `progress`: a tensor, so that a compiled step computes it anew in each step. */
function weightAt({ from, to, begin = 0, end = 1 }: Ramp, progress: tf.Scalar): tf.Scalar {
  const share = tf.clipByValue(tf.div(tf.sub(progress, begin), end - begin), 0, 1);
  return tf.add(from, tf.mul(to - from, share));
}

/**
 * Σ weight · loss. Terms may be weighted sums themselves. Without a progress the weights are those of the start.
 * Throws when there is no term, or a ramp does not end after it begins.
 */
export function weightedSum(terms: readonly Term[]): LossFunction {
  if (terms.length === 0) throw expected('at least one loss to sum', 'none');
  for (const { weight } of terms) {
    if (typeof weight === 'number') continue;
    const { begin = 0, end = 1 } = weight;
    if (!(end > begin)) throw expected('a ramp that ends after it begins', `${begin} to ${end}`);
  }
  return (logits, labels, progress) =>
    tf.tidy(() =>
      terms
        .map(({ loss, weight }) => {
          const now = typeof weight === 'number' ? weight : weightAt(weight, progress ?? tf.scalar(0));
          return tf.mul(loss(logits, labels, progress), now) as tf.Scalar;
        })
        .reduce((sum, term) => tf.add(sum, term)),
    );
}
