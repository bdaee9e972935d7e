/**
 * Many tensors as one flat vector. A network has some hundred weights, most of them tiny; updating them one by one costs
 * a thousand operations a step, updating their concatenation costs ten.
 */
import { tf } from 'axunet-engine/engine';

export interface FlatLayout {
  /** Numbers in all. */
  readonly length: number;
  /** Where each tensor starts. */
  readonly offsets: readonly number[];
  /** The tensors, end to end; undefined ones count as zeros. */
  join(tensors: readonly (tf.Tensor | undefined)[]): tf.Tensor1D;
  /** The tensors again, in their shapes. */
  split(flat: tf.Tensor1D): tf.Tensor[];
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** The layout of tensors with these shapes; results of `join` and `split` belong to the caller. */
export function flatLayout(shapes: readonly (readonly number[])[]): FlatLayout {
  const sizes = shapes.map(sizeOf);
  const offsets = sizes.map((_, i) => sizes.slice(0, i).reduce((a, b) => a + b, 0));
  // a network without batch norm has no running statistics
  if (sizes.length === 0) return { length: 0, offsets, join: () => tf.tensor1d([], 'float32'), split: () => [] };
  return {
    length: sizes.reduce((a, b) => a + b, 0),
    offsets,
    join: (tensors) =>
      tf.tidy(() =>
        tf.concat1d(tensors.map((t, i) => (t ? tf.reshape(t, [sizes[i]!]) : tf.zeros([sizes[i]!])) as tf.Tensor1D)),
      ),
    split: (flat) => tf.tidy(() => tf.split(flat, sizes).map((part, i) => tf.reshape(part, [...shapes[i]!]))),
  };
}
