/** Depthwise 3×3 convolution: every channel has a kernel of its own. NHWC image, kernel [k, k, channels, 1]. */
import { isNative, tf } from '../engine.ts';
import { after } from '../graph/tracing.ts';
import { nativeOp, ownOp } from '../native.ts';
import { keep } from '../recompute.ts';
import { hasOwnKernels } from './ownKernels.ts';

/**
 * Filters each channel of `image` [n, h, w, c] with its own `kernel` [k, k, c, 1], zero padded; output [n, h, w, c].
 */
export function depthwiseConvolution(image: tf.Tensor4D, kernel: tf.Tensor4D): tf.Tensor4D {
  if (hasOwnKernels() && kernel.shape[0] === 3 && kernel.shape[1] === 3) return ownDepthwise(image, kernel);
  if (!isNative()) return tf.depthwiseConv2d(image, kernel, 1, 'same');
  const attributes = {
    strides: { int: [1, 1, 1, 1] },
    dilations: { int: [1, 1, 1, 1] },
    padding: 'SAME',
    data_format: 'NHWC',
  };
  const { shape: imageShape } = image;
  const input = keep(image);
  return tf.customGrad((x, w, save) => {
    const [xs, ws] = [x as tf.Tensor4D, w as tf.Tensor4D];
    (save as unknown as tf.GradSaveFunc)([ws, ...input.saved]);
    return {
      value: nativeOp('DepthwiseConv2dNative', attributes, [xs, ws]),
      gradFunc: (dy: tf.Tensor, [sw, ...saved]: tf.Tensor[]) => {
        const sx = input.restore(saved, dy);
        const kernelGradient = nativeOp('DepthwiseConv2dNativeBackpropFilter', attributes, [
          sx,
          tf.tensor1d(sw!.shape, 'int32'),
          dy,
        ]);
        const imageGradient = (): tf.Tensor4D =>
          nativeOp('DepthwiseConv2dNativeBackpropInput', attributes, [tf.tensor1d(imageShape, 'int32'), sw!, dy]);
        return [after(kernelGradient, imageGradient), kernelGradient];
      },
    };
  })(image, kernel) as tf.Tensor4D;
}

/**
 * With the kernels of cpp/depthwise.cc; the gradient of the image is the same convolution
 * with the kernel turned by 180°.
 */
function ownDepthwise(image: tf.Tensor4D, kernel: tf.Tensor4D): tf.Tensor4D {
  const [{ shape }, input] = [image, keep(image)];
  return tf.customGrad((x, w, save) => {
    const [xs, ws] = [x as tf.Tensor4D, w as tf.Tensor4D];
    (save as unknown as tf.GradSaveFunc)([ws, ...input.saved]);
    return {
      value: ownOp('AxunetDepthwise', shape, [0], [xs, ws]),
      gradFunc: (dy: tf.Tensor, [sw, ...saved]: tf.Tensor[]) => {
        const kernelGradient = ownOp('AxunetDepthwiseKernelGradient', sw!.shape, [], [input.restore(saved, dy), dy]);
        return [after(kernelGradient, () => ownOp('AxunetDepthwise', shape, [1], [dy, sw!])), kernelGradient];
      },
    };
  })(image, kernel) as tf.Tensor4D;
}
