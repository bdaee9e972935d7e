/**
 * Moving averages, such as the running statistics of batch norm. A network has dozens of them; where a trace is told
 * that a tensor is a moving average, a compiled step can compute all of them as one vector.
 */
import { tf } from '../engine.ts';
import type { Ref, Trace } from '../graph/trace.ts';
import { traceUnderWay } from '../graph/tracing.ts';

/** What a node of a trace computes: decay · average + (1 − decay) · value. */
export interface MovingAverage {
  readonly average: Ref;
  readonly value: Ref;
  readonly decay: number;
}

const known = new WeakMap<Trace, Map<Ref, MovingAverage>>();

/** decay · average + (1 − decay) · value, all of one shape. */
export function movingAverage(average: tf.Tensor, value: tf.Tensor, decay: number): tf.Tensor {
  const next = tf.tidy(() => tf.add(tf.mul(average, decay), tf.mul(value, 1 - decay)));
  const trace = traceUnderWay();
  if (trace) {
    if (!known.has(trace)) known.set(trace, new Map());
    known.get(trace)!.set(trace.refOf(next), { average: trace.refOf(average), value: trace.refOf(value), decay });
  }
  return next;
}

/** The moving average that a node of a trace is, if it is one. */
export const movingAverageOf = (trace: Trace, ref: Ref): MovingAverage | undefined => known.get(trace)?.get(ref);
