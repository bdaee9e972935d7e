/** Dilated convolution for the wasm backend. */
import * as tf from '@tensorflow/tfjs';

/**
 * Dilated convolution of stride 1 with a gradient, which tfjs refuses for dilations although the wasm
 * kernels can do it. `image` [n, h, w, in], `kernel` [k, k, in, out], zero padded; output [n, h, w,
 * out]. Needs `registerWasmKernels()`.
 */
export function dilatedConvolution(image: tf.Tensor4D, kernel: tf.Tensor4D, dilation: number): tf.Tensor4D {
  const attrs = { strides: [1, 1], pad: 'same', dataFormat: 'NHWC', dilations: [dilation, dilation] };
  const run = (name: string, inputs: tf.NamedTensorMap, more: tf.NamedAttrMap = {}) =>
    tf.engine().runKernel(name, inputs, { ...attrs, ...more }) as tf.Tensor4D;
  return tf.customGrad((x, filter, save) => {
    (save as unknown as tf.GradSaveFunc)([x as tf.Tensor, filter as tf.Tensor]);
    return {
      value: run('Conv2D', { x: x as tf.Tensor, filter: filter as tf.Tensor }),
      gradFunc: (dy: tf.Tensor, [savedX, savedFilter]: tf.Tensor[]) => [
        run('Conv2DBackpropInput', { dy, filter: savedFilter }, { inputShape: image.shape }),
        run('Conv2DBackpropFilter', { x: savedX, dy }, { filterShape: kernel.shape }),
      ],
    };
  })(image, kernel) as tf.Tensor4D;
}
