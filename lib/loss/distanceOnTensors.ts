/**
 * The signed distance of signedDistance.ts by operations on tensors alone, for an engine whose values JavaScript cannot
 * read within a step (webgpu).
 *
 * The squared distance to the nearest pixel of a set goes axis by axis (Saito and Toriwaki 1994): with f = 0 in the set
 * and ∞ outside of it, along each axis
 *
 *     f(i) ← min over j of f(j) + (s (i − j))²
 *
 * with s the spacing. In pixels all squares are whole numbers, which float32 holds exactly up to 2²⁴.
 */
import { tf } from 'axunet-engine/engine';

/** Farther than any pixel of an image. */
const farthest = 1e12;
/** The most numbers of an intermediate tensor: 64 MiB. */
const mostNumbers = 2 ** 24;

/** (s (i − j))² for the rows `from` to `to` of an axis of `length` pixels; [rows, length]. */
function squares(from: number, to: number, length: number, spacing: number): tf.Tensor2D {
  const values = new Float32Array((to - from) * length);
  for (let i = from; i < to; i++)
    for (let j = 0; j < length; j++) values[(i - from) * length + j] = (spacing * (i - j)) ** 2;
  return tf.tensor2d(values, [to - from, length]);
}

/** f(i) ← min over j along the middle axis of [before, length, after], some rows at a time. */
function nearestAlong(f: tf.Tensor3D, spacing: number): tf.Tensor3D {
  const [before, length, after] = f.shape;
  const rows = Math.max(1, Math.floor(mostNumbers / (before * length * after)));
  const all = tf.reshape(f, [before, 1, length, after]);
  const parts: tf.Tensor3D[] = [];
  for (let from = 0; from < length; from += rows) {
    const to = Math.min(from + rows, length);
    const costs = tf.reshape(squares(from, to, length, spacing), [1, to - from, length, 1]);
    parts.push(tf.min(tf.add(all, costs), 2) as tf.Tensor3D);
  }
  return parts.length === 1 ? parts[0]! : tf.concat(parts, 1);
}

/** The squared distance of each pixel to the nearest where `inside` is 1; `farthest` and more where there is none. */
function squaredDistance(inside: tf.Tensor, spacingMm: readonly number[]): tf.Tensor {
  const { shape } = inside;
  let f = tf.mul(tf.sub(1, inside), farthest);
  for (let axis = 1; axis < shape.length; axis++) {
    const [before, after] = [shape.slice(0, axis), shape.slice(axis + 1)].map(tf.util.sizeFromShape);
    const spacing = spacingMm[shape.length - 1 - axis];
    f = tf.reshape(nearestAlong(tf.reshape(f, [before, shape[axis], after]), spacing), shape);
  }
  return f;
}

/**
 * As `signedDistance`, of `values` [n, h, w] or [n, d, h, w] whose spacing in mm is that of x (the last axis), y and z.
 * Its gradient is 0.
 */
export const distanceOnTensors = (values: tf.Tensor, spacingMm: readonly number[]): tf.Tensor =>
  tf.customGrad((x) => ({
    value: signedDistanceOf(x as tf.Tensor, spacingMm),
    gradFunc: (dy: tf.Tensor) => tf.zerosLike(dy),
  }))(values);

function signedDistanceOf(values: tf.Tensor, spacingMm: readonly number[]): tf.Tensor {
  return tf.tidy(() => {
    const inside = tf.cast(tf.greater(values, 0.5), 'float32');
    const [toInside, toOutside] = [inside, tf.sub(1, inside)].map((set) => tf.sqrt(squaredDistance(set, spacingMm)));
    const axes = values.shape.map((_, axis) => axis).slice(1);
    const hasBoth = tf.mul(tf.max(inside, axes, true), tf.sub(1, tf.min(inside, axes, true)));
    return tf.mul(tf.sub(toInside, toOutside), hasBoth);
  });
}
