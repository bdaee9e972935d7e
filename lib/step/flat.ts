/**
 * Many tensors as one flat vector. A network has some hundred weights, most of them tiny; updating them one by one
 * costs a thousand operations a step, updating their concatenation costs ten.
 */
import { tf } from 'axunet-engine/engine';

export interface FlatLayout {
  /** Numbers in all. */
  readonly length: number;
  /** The tensors, end to end; undefined ones count as zeros. */
  join(tensors: readonly (tf.Tensor | undefined)[]): tf.Tensor1D;
  /** The tensors again, in their shapes. */
  split(flat: tf.Tensor): tf.Tensor[];
}

/** The layout of tensors with these shapes, one or more; results of `join` and `split` belong to the caller. */
export function flatLayout(shapes: readonly (readonly number[])[]): FlatLayout {
  const sizes = shapes.map((shape) => tf.util.sizeFromShape([...shape]));
  return {
    length: sizes.reduce((a, b) => a + b, 0),
    join: (tensors) =>
      tf.tidy(() =>
        tf.concat1d(tensors.map((t, i) => (t ? tf.reshape(t, [sizes[i]!]) : tf.zeros([sizes[i]!])) as tf.Tensor1D)),
      ),
    split: (flat) =>
      tf.tidy(() => tf.split(flat as tf.Tensor1D, sizes).map((part, i) => tf.reshape(part, [...shapes[i]!]))),
  };
}
