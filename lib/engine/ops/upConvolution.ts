/**
 * Transposed 2×2 convolution with stride 2: doubles height and width. Every input pixel (i, j) writes the four output
 * pixels (2i + a, 2j + b), and no two inputs share an output, so its weight gradient is one matrix product.
 */
import { isNative, tf } from '../engine.ts';
import type { Ref, Trace } from '../graph/trace.ts';
import { after, isTracingBfloat16, preparingTrace } from '../graph/tracing.ts';
import { nativeOp, ownOp } from '../native.ts';
import { keep } from '../recompute.ts';
import { addBias, biasGradient } from './bias.ts';
import { hasOwnKernels } from './ownKernels.ts';

/** `image` [n, h, w, in], `kernel` [2, 2, out, in], `bias` [out]; output [n, 2h, 2w, out]. */
export function upConvolution(image: tf.Tensor4D, kernel: tf.Tensor4D, bias: tf.Tensor1D): tf.Tensor4D {
  const [n, height, width] = image.shape;
  const outputShape: [number, number, number, number] = [n, 2 * height, 2 * width, kernel.shape[2]];
  const value = isNarrow(kernel)
    ? ownUpConvolution(image, kernel, bias, outputShape)
    : addBias(
        isNative()
          ? nativeUpConvolution(image, kernel, outputShape)
          : tf.conv2dTranspose(image, kernel, outputShape, 2, 'valid'),
        bias,
      );
  const trace = preparingTrace();
  if (trace) {
    const memory = [image, kernel, bias].map((tensor) => trace.remember(tensor));
    if (!origins.has(trace)) origins.set(trace, new Map());
    origins
      .get(trace)!
      .set(trace.refOf(value), () => memory.map((part) => part()) as [tf.Tensor4D, tf.Tensor4D, tf.Tensor1D]);
  }
  return value;
}

/** By trace and node: what an up-convolution was made of. */
const origins = new WeakMap<Trace, Map<Ref, () => [image: tf.Tensor4D, kernel: tf.Tensor4D, bias: tf.Tensor1D]>>();

/**
 * A 1×1 convolution of an up-convolution is an up-convolution itself. In a trace that prepares weights, for an
 * `image` made by one: what `kernel` [1, 1, c, out] makes of it without its bias, and what it makes of the bias.
 * Undefined for other images, and where `kernel` has more channels out than in, which would be more work.
 */
export function mergedUpConvolution(
  image: tf.Tensor4D,
  kernel: tf.Tensor4D,
): { sum: tf.Tensor4D; bias: tf.Tensor1D } | undefined {
  const trace = preparingTrace();
  const origin = trace && origins.get(trace)?.get(trace.refOf(image))?.();
  const [, , between, filters] = kernel.shape;
  if (!origin || filters > between) return undefined;
  const [small, up, bias] = origin;
  const matrix = tf.reshape(kernel, [between, filters]);
  const taps = tf.reshape(tf.transpose(up, [2, 0, 1, 3]), [between, -1]); // [between, 2 · 2 · in]
  const merged = tf.transpose(
    tf.reshape(tf.matMul(matrix, taps, true), [filters, 2, 2, small.shape[3]]) as tf.Tensor4D,
    [1, 2, 0, 3],
  );
  const sum = nativeUpConvolution(small, merged, [...image.shape.slice(0, 3), filters]);
  return { sum, bias: tf.reshape(tf.matMul(tf.reshape(bias, [1, between]), matrix), [filters]) };
}

const attributes = {
  strides: { int: [1, 2, 2, 1] },
  dilations: { int: [1, 1, 1, 1] },
  padding: 'VALID',
  data_format: 'NHWC',
  use_cudnn_on_gpu: true,
};

/** TensorFlow's kernels are faster from here on: channels in times channels out. */
const wide = 256 * 128;

/** Whether the kernels of cpp/upConvolution.cc are faster; they want whole vectors of 16 channels. */
function isNarrow({ shape: [, , channelsOut, channelsIn] }: tf.Tensor4D): boolean {
  return (
    hasOwnKernels() &&
    !isTracingBfloat16() &&
    channelsIn * channelsOut <= wide &&
    channelsIn % 16 === 0 &&
    channelsOut % 16 === 0
  );
}

function ownUpConvolution(
  image: tf.Tensor4D,
  kernel: tf.Tensor4D,
  bias: tf.Tensor1D,
  outputShape: number[],
): tf.Tensor4D {
  const [input, { shape }] = [keep(image), image];
  return tf.customGrad((x, w, b, save) => {
    (save as unknown as tf.GradSaveFunc)([w as tf.Tensor, ...input.saved]);
    return {
      value: ownOp('AxunetUpConvolution', outputShape, [], [x, w, b] as tf.Tensor[]),
      gradFunc: (dy: tf.Tensor, [sw, ...saved]: tf.Tensor[]) => {
        const gradient = ownOp('AxunetUpConvolutionKernelGradient', sw.shape, [], [input.restore(saved, dy), dy]);
        return [
          after(gradient, () => ownOp('AxunetUpConvolutionGradient', shape, [], [dy, sw])),
          gradient,
          biasGradient(dy),
        ];
      },
    };
  })(image, kernel, bias) as tf.Tensor4D;
}

function nativeUpConvolution(image: tf.Tensor4D, kernel: tf.Tensor4D, outputShape: number[]): tf.Tensor4D {
  const input = keep(image);
  return tf.customGrad((x, w, save) => {
    const [xs, ws] = [x as tf.Tensor4D, w as tf.Tensor4D];
    (save as unknown as tf.GradSaveFunc)([ws, ...input.saved]);
    return {
      value: nativeOp('Conv2DBackpropInput', attributes, [tf.tensor1d(outputShape, 'int32'), ws, xs]),
      gradFunc: (dy: tf.Tensor, [sw, ...saved]: tf.Tensor[]) => {
        const gradient = kernelGradient(input.restore(saved, dy) as tf.Tensor4D, sw as tf.Tensor4D, dy);
        return [after(gradient, () => nativeOp('Conv2D', attributes, [dy, sw!])), gradient];
      },
    };
  })(image, kernel) as tf.Tensor4D;
}

/** dKernel[a, b, out, in] = Σ over pixels of dy(2i + a, 2j + b, out) · x(i, j, in), as one product. */
function kernelGradient(image: tf.Tensor4D, kernel: tf.Tensor4D, dy: tf.Tensor): tf.Tensor {
  const [n, height, width, channelsIn] = image.shape;
  const channelsOut = kernel.shape[2];
  const rows = tf.reshape(dy, [n * height, 2, width, 2 * channelsOut]);
  const blocks = tf.reshape(tf.transpose(rows, [0, 2, 1, 3]), [n * height * width, 4 * channelsOut]);
  return tf.reshape(tf.matMul(blocks, tf.reshape(image, [n * height * width, channelsIn]), true, false), kernel.shape);
}
