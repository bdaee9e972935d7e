/** A network that finds its mask by a threshold on one channel, and a volume whose axes lie in no usual order. */
import { startEngine, tf } from '../../lib/engine/engine.ts';
import { Random } from '../../lib/random.ts';
import { type Affine, spacingOf, type Vec3, type Volume, voxelCount } from '../../lib/volume/volume.ts';

/** Pancreas where `channel` is at least `threshold`: logits 0 and 1000 (value - threshold). */
export async function thresholdModel(
  [height, width]: readonly [number, number],
  channel: number,
  threshold: number,
): Promise<tf.LayersModel> {
  await startEngine();
  const kernel = tf.tensor4d(Array.from({ length: 3 }, (_, c) => [0, c === channel ? 1000 : 0]).flat(), [1, 1, 3, 2]);
  const convolution = tf.layers.conv2d({
    filters: 2,
    kernelSize: 1,
    weights: [kernel, tf.tensor1d([0, -1000 * threshold])],
    inputShape: [height, width, 3],
  });
  return tf.sequential({ layers: [convolution] });
}

/**
 * A network with two classes that sees the middle slice: class 1 from the value `low` on, class 2 from `high` on, both
 * 0 to 1.
 */
export async function twoClassModel(size: readonly [number, number], low: number, high: number) {
  await startEngine();
  const kernel = tf.tensor4d([0, 0, 0, 0, 1000, 2000, 0, 0, 0], [1, 1, 3, 3]);
  const convolution = tf.layers.conv2d({
    filters: 3,
    kernelSize: 1,
    // 2000 v - b is above 1000 (v - low) from v = high on
    weights: [kernel, tf.tensor1d([0, -1000 * low, -1000 * (high + low)])],
    inputShape: [...size, 3],
  });
  return tf.sequential({ layers: [convolution] });
}

/**
 * Random HU on 10 × 13 × 7 voxels of 2.5 × 0.8 × 1.1 mm; the axes run to inferior, to the patient's left and to
 * anterior, tilted by 12° around the patient's left-right axis.
 */
export function obliqueVolume(): Volume<Int16Array> {
  const shape: Vec3 = [10, 13, 7];
  const [cos, sin] = [Math.cos(Math.PI / 15), Math.sin(Math.PI / 15)];
  const inferior = [0, sin, -cos].map((v) => 2.5 * v);
  const left = [-0.8, 0, 0];
  const anterior = [0, cos, sin].map((v) => 1.1 * v);
  const affine: Affine = [0, 1, 2]
    .flatMap((row) => [inferior[row], left[row], anterior[row], 30 * row - 20])
    .concat([0, 0, 0, 1]);
  const random = Random.stream(3, 'oblique volume');
  return {
    shape,
    spacingMm: spacingOf(affine),
    affine,
    data: Int16Array.from({ length: voxelCount(shape) }, () => random.integer(400) - 160),
  };
}
