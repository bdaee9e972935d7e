/** Convolution in groups: channels are split into equal parts that do not see each other. */
import { tf } from '../engine.ts';
import { addBias } from './bias.ts';
import { convolution } from './convolution.ts';

/** `image` [n, h, w, c], `kernel` [k, k, c / groups, out], `bias` [out]; output [n, h, w, out]. */
export function groupedConvolution(
  image: tf.Tensor4D,
  kernel: tf.Tensor4D,
  bias: tf.Tensor1D,
  groups: number,
): tf.Tensor4D {
  const images = tf.split(image, groups, 3) as tf.Tensor4D[];
  const kernels = tf.split(kernel, groups, 3) as tf.Tensor4D[];
  return addBias(
    tf.concat(
      images.map((part, g) => convolution(part, kernels[g]!)),
      3,
    ),
    bias,
  );
}
