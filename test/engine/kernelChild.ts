/** Prints a hash of what our kernels compute, for comparison between processes with different numbers of threads. */
import { createHash } from 'node:crypto';
import { startEngine, tf } from '../../lib/engine/engine.ts';
import { valueAndGradients } from '../../lib/engine/gradients.ts';
import { batchNormReluTraining } from '../../lib/engine/ops/batchNormRelu.ts';
import { convolution } from '../../lib/engine/ops/convolution.ts';
import { maxPool } from '../../lib/engine/ops/maxPool.ts';
import { upConvolution } from '../../lib/engine/ops/upConvolution.ts';
import { classProbability } from '../../lib/loss/probabilityMap.ts';
import { Random } from '../../lib/random.ts';

const shapes: [image: number[], out: number, dilation: number][] = [
  [[1, 70, 66, 32], 48, 1], // many tiles: their sum is divided among threads
  [[2, 12, 10, 160], 96, 1], // many channels: those are divided
  [[1, 33, 31, 16], 33, 3],
  [[4, 8, 8, 160], 96, 1], // few tiles
  [[2, 8, 8, 32], 48, 6], // taps outside of the image
];

/** Of values and gradients of convolutions, batch norms, pooling, up-convolutions and softmax. */
export function hashOfKernels(): string {
  const hash = createHash('sha256');
  const normals = (name: string, shape: number[]): tf.Tensor => {
    const random = Random.stream(9, name);
    return tf.tensor(
      Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.normal()),
      shape,
    );
  };
  tf.tidy(() => {
    for (const [image, out, dilation] of shapes) {
      const inputs = [
        normals('x', image),
        normals('k', [3, 3, image[3], out]),
        normals('gamma', [out]),
        normals('beta', [out]),
        normals('up', [2, 2, 16, out]),
        normals('bias', [16]),
      ].map((t) => tf.variable(t));
      const apply = (): tf.Tensor => {
        const z = convolution(inputs[0] as tf.Tensor4D, inputs[1] as tf.Tensor4D, undefined, { dilation });
        const up = upConvolution(
          maxPool(batchNormReluTraining(z, inputs[2] as tf.Tensor1D, inputs[3] as tf.Tensor1D)),
          inputs[4] as tf.Tensor4D,
          inputs[5] as tf.Tensor1D,
        );
        return classProbability(up, 1);
      };
      // TensorFlow's sum over all numbers does depend on its threads, but it is not in the gradients.
      const { gradients } = valueAndGradients(() => tf.sum(tf.square(apply())) as tf.Scalar, inputs);
      for (const t of [apply(), ...gradients]) hash.update(t!.dataSync<'float32'>() as Float32Array);
      tf.dispose(inputs);
    }
  });
  return hash.digest('hex');
}

if (process.argv[1]?.endsWith('kernelChild.ts')) {
  await startEngine('tensorflow');
  console.log(hashOfKernels());
}
