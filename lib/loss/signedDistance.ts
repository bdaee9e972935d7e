/**
 * The exact Euclidean distance of each pixel to the other side of its mask, for losses that need it in a training step.
 *
 * With our kernel (cpp/distance.cc) it is an operation like any other, in eager code and in a compiled step. Without it
 * (wasm, cpu, TensorFlow on a GPU) the mask is read in JavaScript and lib/volume/distance.ts does the work, in eager
 * code only: a trace refuses that, and training goes on uncompiled. On webgpu nothing can be read within a step, and
 * operations on tensors do it (distanceOnTensors.ts).
 */

import { tf } from 'axunet-engine/engine';
import { ownOp } from 'axunet-engine/native';
import { hasOwnKernels } from 'axunet-engine/ops/ownKernels';
import { expected } from '../errors.ts';
import { distanceTransform } from '../volume/distance.ts';
import type { Vec3 } from '../volume/volume.ts';
import { distanceOnTensors } from './distanceOnTensors.ts';

/** A kernel is told whole numbers below 2³¹ only, so spacings are rounded to nanometres. */
const nanometresPerMm = 1e6;

/**
 * `values` [n, h, w] or [n, d, h, w], float32: what lies above 1/2 is inside. Output of the same shape: outside, the
 * distance in mm to the nearest pixel inside; inside, minus the distance to the nearest pixel outside, both from centre
 * to centre; `spacingMm` is that of x (the last axis), y and z. 0 everywhere in an image that has no pixel inside or
 * none outside.
 *
 * The result is a constant to any gradient: it has none with respect to `values`, as a step function has none.
 * Throws a UserError for another rank or type, or a spacing that is not within 10⁻⁶ to 2000 mm.
 */
export function signedDistance(values: tf.Tensor, spacingMm: Vec3 = [1, 1, 1]): tf.Tensor {
  if ((values.rank !== 3 && values.rank !== 4) || values.dtype !== 'float32')
    throw expected('float32 values [n, h, w] or [n, d, h, w]', `${values.dtype} [${values.shape.join(', ')}]`);
  const spacing = spacingMm.map((mm) => Math.round(mm * nanometresPerMm));
  if (spacing.length !== 3 || !spacing.every((s) => s > 0 && s < 2 ** 31))
    throw expected('a spacing of 10⁻⁶ to 2000 mm for x, y, z', spacingMm.join(', '));
  if (hasOwnKernels()) return ownOp('AxunetSignedDistance', values.shape, spacing, [values]);
  const rounded = spacing.map((s) => s / nanometresPerMm) as unknown as Vec3;
  if (tf.getBackend() === 'webgpu') return distanceOnTensors(values, rounded);
  const [n, ...axes] = values.shape;
  const shape = [...axes.toReversed(), 1].slice(0, 3) as unknown as Vec3;
  return tf.tensor(distancesOf(values.dataSync<'float32'>(), n, shape, rounded), values.shape);
}

/** The same of `n` images of `shape` [x, y, z] in one array. */
function distancesOf(values: ArrayLike<number>, n: number, shape: Vec3, spacingMm: Vec3): Float32Array {
  const size = shape[0] * shape[1] * shape[2];
  const mask = Uint8Array.from(values, (value) => Number(value > 0.5));
  const out = new Float32Array(mask.length);
  for (let image = 0; image < n; image++) {
    const part = mask.subarray(image * size, (image + 1) * size);
    if (!part.includes(0) || !part.includes(1)) continue;
    const toInside = distanceTransform(part, shape, spacingMm, 'foreground', new Float64Array(size));
    const toOutside = distanceTransform(part, shape, spacingMm, 'background', new Float64Array(size));
    for (let i = 0; i < size; i++) out[image * size + i] = toInside[i] - toOutside[i];
  }
  return out;
}
