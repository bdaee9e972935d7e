/** One number per channel, added to an image. */
import { isNative, tf } from '../engine.ts';
import { nativeOp, ownOp } from '../native.ts';
import { hasOwnKernels } from './ownKernels.ts';

/** `image` [n, h, w, c] plus `bias` [c]; the gradient of the bias is the sum over all pixels. */
export function addBias(image: tf.Tensor4D, bias: tf.Tensor1D): tf.Tensor4D {
  if (!isNative()) return tf.add(image, bias);
  const data_format = 'NHWC';
  return tf.customGrad((x, b) => ({
    value: nativeOp('BiasAdd', { data_format }, [x as tf.Tensor, b as tf.Tensor]),
    gradFunc: (dy: tf.Tensor) => [dy.clone(), biasGradient(dy)],
  }))(image, bias) as tf.Tensor4D;
}

/** The gradient of a bias: the sum of each channel of `dy` [..., c]. For TensorFlow. */
export function biasGradient(dy: tf.Tensor): tf.Tensor1D {
  return hasOwnKernels()
    ? ownOp('AxunetBiasGradient', [dy.shape.at(-1)!], [], [dy])
    : nativeOp('BiasAddGrad', { data_format: 'NHWC' }, [dy]);
}
