/**
 * 2-D convolution with stride or dilation, without activation. NHWC image, HWIO kernel.
 *
 * tfjs 4.22 has no gradient for dilations above 1 on any backend, so the dilated case has its own: kernels of
 * TensorFlow or of our wasm engine, else the same sum on an image rearranged by space-to-batch.
 */
import { hasDilatedGradient, isNative, tf } from '../engine.ts';
import { after } from '../graph/tracing.ts';
import { nativeOp } from '../native.ts';
import { keep } from '../recompute.ts';
import { dilatedConvolution } from '../wasm/dilated.ts';
import { addBias } from './bias.ts';
import { isOwnFaster, pointwiseConvolution, pointwisePrediction } from './pointwise.ts';
import { isTapwiseFaster, tapConvolution } from './tapConvolution.ts';
import { isWinogradFaster, winogradConvolution, winogradPrediction, winogradProducts } from './winograd.ts';

/** How far apart output pixels and kernel taps lie. */
export interface ConvolutionOptions {
  /** Step between output pixels, 1 by default. */
  stride?: number;
  /** Step between kernel taps, 1 by default; only together with stride 1. */
  dilation?: number;
}

/**
 * Convolves `image` [n, h, w, in] with `kernel` [k, k, in, out], zero padded so that the output has
 * ceil(h / stride) rows (`same`), and adds `bias` [out] where given. Output [n, h', w', out].
 */
export function convolution(
  image: tf.Tensor4D,
  kernel: tf.Tensor4D,
  bias?: tf.Tensor1D,
  options: ConvolutionOptions = {},
): tf.Tensor4D {
  const { stride = 1, dilation = 1 } = options;
  if (isWinogradFaster(image, kernel, stride)) {
    const isTapwise = dilation > 1 && isTapwiseFaster(image, kernel, dilation, winogradProducts(image, dilation));
    const sum = isTapwise ? tapConvolution(image, kernel, dilation) : winogradConvolution(image, kernel, dilation);
    return bias ? addBias(sum, bias) : sum;
  }
  if (isNative() && stride === 2 && isPointwise(kernel) && image.shape[1] % 2 === 0 && image.shape[2] % 2 === 0) {
    return convolution(everySecondPixel(image), kernel, bias);
  }
  if (stride === 1 && isPointwise(kernel) && isOwnFaster(image, kernel))
    return pointwiseConvolution([image], kernel, bias);
  const native = dilation === 1 ? isNative() : hasDilatedGradient();
  const sum = native
    ? nativeConvolution(image, kernel, stride, dilation)
    : plainConvolution(image, kernel, stride, dilation);
  return bias ? addBias(sum, bias) : sum;
}

/** Convolution with stride 1, bias and ReLU, for prediction: it has no gradient. */
export function convolutionRelu(image: tf.Tensor4D, kernel: tf.Tensor4D, bias: tf.Tensor1D, dilation = 1): tf.Tensor4D {
  if (isWinogradFaster(image, kernel, 1)) return winogradPrediction(image, kernel, bias, { dilation, relu: true });
  if (isPointwise(kernel) && isOwnFaster(image, kernel)) return pointwisePrediction(image, kernel, bias);
  return tf.relu(convolution(image, kernel, bias, { dilation }));
}

/**
 * Rows and columns 0, 2, 4, … of an image with even sides. A 1×1 convolution with stride 2 reads no others;
 * written so, it avoids oneDNN's gradient of that convolution, which writes past its memory on processors with
 * AVX-512 when there are few channels.
 */
function everySecondPixel(image: tf.Tensor4D): tf.Tensor4D {
  const [n, height, width, channels] = image.shape;
  const pairs = tf.reshape(image, [(n * height) / 2, 2, width / 2, 2 * channels]);
  return tf.reshape(tf.slice(pairs, [0, 0, 0, 0], [-1, 1, -1, channels]), [n, height / 2, width / 2, channels]);
}

function nativeConvolution(image: tf.Tensor4D, kernel: tf.Tensor4D, stride: number, dilation: number): tf.Tensor4D {
  const attributes = {
    strides: { int: [1, stride, stride, 1] },
    dilations: { int: [1, dilation, dilation, 1] },
    padding: 'SAME',
    data_format: 'NHWC',
    use_cudnn_on_gpu: true,
  };
  const { shape: imageShape } = image;
  const input = keep(image);
  return tf.customGrad((x, w, save) => {
    const [xs, ws] = [x as tf.Tensor4D, w as tf.Tensor4D];
    (save as unknown as tf.GradSaveFunc)([ws, ...input.saved]);
    return {
      value: nativeOp('Conv2D', attributes, [xs, ws]),
      gradFunc: (dy: tf.Tensor, [sw, ...saved]: tf.Tensor[]) => {
        const sx = input.restore(saved, dy);
        const kernelGradient =
          isPointwise(sw!) && stride === 1
            ? pointwiseKernelGradient(sx, sw!, dy)
            : nativeOp('Conv2DBackpropFilter', attributes, [sx, tf.tensor1d(sw!.shape, 'int32'), dy]);
        return [
          after(kernelGradient, () =>
            nativeOp('Conv2DBackpropInput', attributes, [tf.tensor1d(imageShape, 'int32'), sw!, dy]),
          ),
          kernelGradient,
        ];
      },
    };
  })(image, kernel) as tf.Tensor4D;
}

const isPointwise = (kernel: tf.Tensor): boolean => kernel.shape[0] === 1 && kernel.shape[1] === 1;

/** The weight gradient of a 1×1 convolution is one matrix product, which is faster than the convolution kernel's. */
function pointwiseKernelGradient(image: tf.Tensor, kernel: tf.Tensor, dy: tf.Tensor): tf.Tensor {
  const [, , channelsIn, channelsOut] = kernel.shape as [number, number, number, number];
  const product = tf.matMul(tf.reshape(image, [-1, channelsIn]), tf.reshape(dy, [-1, channelsOut]), true, false);
  return tf.reshape(product, kernel.shape);
}

function plainConvolution(image: tf.Tensor4D, kernel: tf.Tensor4D, stride: number, dilation: number): tf.Tensor4D {
  if (dilation === 1) return tf.conv2d(image, kernel, stride, 'same');
  return tf.getBackend() === 'wasm'
    ? dilatedConvolution(image, kernel, dilation)
    : dilatedBySpaceToBatch(image, kernel, dilation);
}

/**
 * A dilated convolution is an ordinary one on every dilation-th pixel: space-to-batch collects those pixels into
 * small images, batch-to-space puts the results back. Zero padding of `dilation · (k − 1) / 2` on each side makes
 * the output as large as the input; what is needed to reach a multiple of the dilation is cropped again.
 */
function dilatedBySpaceToBatch(image: tf.Tensor4D, kernel: tf.Tensor4D, dilation: number): tf.Tensor4D {
  const [, height, width] = image.shape;
  const margin = (dilation * (kernel.shape[0] - 1)) / 2;
  const fill = (length: number): number => (dilation - ((length + 2 * margin) % dilation)) % dilation;
  const paddings: [number, number][] = [
    [margin, margin + fill(height)],
    [margin, margin + fill(width)],
  ];
  const parts = tf.spaceToBatchND(image, [dilation, dilation], paddings);
  const filtered = tf.conv2d(parts as tf.Tensor4D, kernel, 1, 'valid');
  return tf.batchToSpaceND(
    filtered,
    [dilation, dilation],
    [
      [0, fill(height)],
      [0, fill(width)],
    ],
  ) as tf.Tensor4D;
}
