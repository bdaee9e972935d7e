/**
 * Convolutions followed by batch norm and ReLU, each as one operation that knows the cheapest right way to compute it:
 *
 * - In training the convolution's bias is not added: subtracting the batch mean cancels it, so its gradient is
 *   exactly zero. It only shifts the running mean.
 * - In a graph that prepares what depends on weights alone (compileModel), batch norm is folded into kernel and bias.
 * - Else they are computed one after the other.
 */
import { tf } from '../engine.ts';
import { preparingTrace } from '../graph/tracing.ts';
import { batchNormReluInference, batchNormReluTraining, foldBatchNorm } from './batchNormRelu.ts';
import { addBias } from './bias.ts';
import { convolution, convolutionRelu } from './convolution.ts';
import { depthwiseConvolution } from './depthwise.ts';
import { partsOf } from './join.ts';
import { movingAverage } from './movingAverage.ts';
import { pointwiseConvolution } from './pointwise.ts';

/** Kernel and bias of a convolution. */
export interface ConvolutionWeights {
  /** [k, k, in, out]; of a depthwise convolution [k, k, channels, 1]. */
  readonly kernel: tf.Tensor4D;
  /** [out] */
  readonly bias: tf.Tensor1D;
}

/** All [channels]. */
export interface BatchNormWeights {
  readonly gamma: tf.Tensor1D;
  readonly beta: tf.Tensor1D;
  /** Running statistics, which training moves towards those of the batch. */
  readonly mean: tf.Variable<tf.Rank.R1>;
  readonly variance: tf.Variable<tf.Rank.R1>;
}

/** Which statistics normalise, and how the running ones move. */
export interface NormOptions {
  /** Whether the statistics of the batch normalise, and move the running ones; else the running ones normalise. */
  readonly training: boolean;
  /** Share of the old running statistics that is kept at each step. */
  readonly momentum: number;
}

/**
 * `image` [n, h, w, in] through a k×k convolution (zero padded, stride 1, taps `dilation` apart), batch norm and
 * ReLU; output [n, h, w, out].
 */
export function convolutionNormRelu(
  image: tf.Tensor4D,
  conv: ConvolutionWeights,
  norm: BatchNormWeights,
  { dilation = 1, ...options }: NormOptions & { readonly dilation?: number },
): tf.Tensor4D {
  if (isFolding(options)) {
    const { kernel, bias } = fold(conv, norm);
    return convolutionRelu(image, kernel, bias, dilation);
  }
  const z = convolution(image, conv.kernel, options.training ? undefined : conv.bias, { dilation });
  return normRelu(z, conv, norm, options);
}

/**
 * `image` [n, h, w, in] through a separable convolution (1×1, then 3×3 of each channel, nothing between them), batch
 * norm and ReLU; output [n, h, w, out]. An image made by `join` is never computed as a whole.
 */
export function separableNormRelu(
  image: tf.Tensor4D,
  pointwise: ConvolutionWeights,
  depthwise: ConvolutionWeights,
  norm: BatchNormWeights,
  options: NormOptions,
): tf.Tensor4D {
  const mixed = pointwiseConvolution(partsOf(image), pointwise.kernel, pointwise.bias);
  if (isFolding(options)) {
    const { kernel, bias } = fold(depthwise, norm, true);
    return tf.relu(addBias(depthwiseConvolution(mixed, kernel), bias));
  }
  const filtered = depthwiseConvolution(mixed, depthwise.kernel);
  return normRelu(options.training ? filtered : addBias(filtered, depthwise.bias), depthwise, norm, options);
}

const isFolding = ({ training }: NormOptions): boolean => !training && preparingTrace() !== undefined;

const fold = (
  { kernel, bias }: ConvolutionWeights,
  { gamma, beta, mean, variance }: BatchNormWeights,
  isDepthwise = false,
): ConvolutionWeights => foldBatchNorm(kernel, bias, [gamma, beta, mean, variance], isDepthwise);

/** `z` lacks the bias of `conv` in training and has it otherwise. */
function normRelu(
  z: tf.Tensor4D,
  conv: ConvolutionWeights,
  { gamma, beta, mean, variance }: BatchNormWeights,
  { training, momentum }: NormOptions,
): tf.Tensor4D {
  if (!training) return batchNormReluInference(z, gamma, beta, mean, variance);
  return batchNormReluTraining(z, gamma, beta, (batchMean, batchVariance) => {
    follow(mean, tf.add(batchMean, conv.bias), momentum);
    follow(variance, batchVariance, momentum);
  });
}

const follow = (running: tf.Variable<tf.Rank.R1>, batch: tf.Tensor1D, momentum: number): void =>
  running.assign(movingAverage(running, batch, momentum) as tf.Tensor1D);
