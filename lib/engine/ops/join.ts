/** Joining images along the channels, in a way that lets a 1×1 convolution do without the joined image. */
import { tf } from '../engine.ts';
import { preparingTrace } from '../graph/tracing.ts';

const joined = new WeakMap<tf.Tensor, () => readonly tf.Tensor4D[]>();

/**
 * The images one after the other along the channels; `partsOf` tells an operation that can do without what they were.
 */
export function join(images: readonly tf.Tensor4D[]): tf.Tensor4D {
  const whole = tf.concat([...images], 3);
  const trace = preparingTrace();
  const again = trace && images.map((image) => trace.remember(image));
  joined.set(whole, again ? () => again.map((part) => part() as tf.Tensor4D) : () => images);
  return whole;
}

/**
 * The images that were joined, or the image alone; prediction operation by operation
 * lets the parts go before the whole.
 */
export function partsOf(image: tf.Tensor4D): readonly tf.Tensor4D[] {
  const parts = joined.get(image)?.();
  return parts?.every((part) => !part.isDisposed) ? parts : [image];
}
