/**
 * Batch normalisation followed by ReLU, as one operation with its own gradient.
 *
 * Training uses the mean m and variance v of the batch, per channel over its N = n·h·w pixels:
 *
 *     x̂ = (z − m) / √(v + ε)      y = max(0, γ x̂ + β)
 *
 * and, with g the gradient after the ReLU (0 where y = 0),
 *
 *     dβ = Σ g      dγ = Σ g x̂      dz = γ / √(v + ε) · (g − dβ / N − x̂ dγ / N)
 *
 * The stock tfjs gradient builds the same from many elementwise operations and keeps all of their results.
 * Source: Ioffe and Szegedy 2015, arXiv 1502.03167.
 */
import { isNative, tf } from '../engine.ts';
import { nativeOp, ownOp, runNative } from '../native.ts';
import { canBeMade, type Recipe } from '../recompute.ts';
import { hasOwnKernels } from './ownKernels.ts';

/** ε: PyTorch's and Paddle's; tfjs' own layer has 1e-3. */
export const batchNormEpsilon = 1e-5;

/** Batch mean and biased variance (divided by N), both [channels]. */
export type StatisticsListener = (mean: tf.Tensor1D, variance: tf.Tensor1D) => void;

/**
 * Training form. `z` [n, h, w, c], `gamma` and `beta` [c]; output [n, h, w, c].
 * `onStatistics` gets the batch statistics during the call and must not keep the tensors.
 */
export function batchNormReluTraining(
  z: tf.Tensor4D,
  gamma: tf.Tensor1D,
  beta: tf.Tensor1D,
  onStatistics: StatisticsListener = () => {},
): tf.Tensor4D {
  if (hasOwnKernels()) return ownTraining(z, gamma, beta, onStatistics);
  return isNative() ? nativeTraining(z, gamma, beta, onStatistics) : plainTraining(z, gamma, beta, onStatistics);
}

/** Inference form with the running statistics; plain operations, since nothing is to be learnt. */
export function batchNormReluInference(
  z: tf.Tensor4D,
  gamma: tf.Tensor1D,
  beta: tf.Tensor1D,
  mean: tf.Tensor1D,
  variance: tf.Tensor1D,
): tf.Tensor4D {
  return tf.relu(tf.batchNorm4d(z, mean, variance, beta, gamma, batchNormEpsilon));
}

/**
 * Kernel and bias of a convolution that does the inference form of batch norm too:
 *
 *     w γ / √(v + ε)      (b − m) γ / √(v + ε) + β
 *
 * The channels out are the kernel's last axis, of a depthwise kernel the one before.
 */
export function foldBatchNorm(
  kernel: tf.Tensor4D,
  bias: tf.Tensor1D,
  [gamma, beta, mean, variance]: readonly tf.Tensor1D[],
  isDepthwise = false,
): { kernel: tf.Tensor4D; bias: tf.Tensor1D } {
  const scale = tf.mul(gamma, tf.rsqrt(tf.add(variance, batchNormEpsilon)));
  const perChannel = isDepthwise ? tf.reshape(scale, [-1, 1]) : scale;
  return { kernel: tf.mul(kernel, perChannel), bias: tf.add(tf.mul(tf.sub(bias, mean), scale), beta) };
}

/** With the kernels of cpp/norm.cc, which need neither the output nor the normalised image for the gradient. */
function ownTraining(
  z: tf.Tensor4D,
  gamma: tf.Tensor1D,
  beta: tf.Tensor1D,
  onStatistics: StatisticsListener,
): tf.Tensor4D {
  const [channels, options] = [z.shape[3], [Math.round(1 / batchNormEpsilon)]];
  const normRelu = (...inputs: tf.Tensor[]): tf.Tensor4D => ownOp('AxunetNormRelu', z.shape, options, inputs);
  // means, then variances
  const statistics = tf.tidy(() => ownOp<tf.Tensor1D>('AxunetNormStatistics', [2 * channels], [], [z]));
  let recipe: Recipe | undefined;
  const value = tf.customGrad((zIn, gammaIn, betaIn, save) => {
    const inputs = [zIn, statistics, gammaIn, betaIn] as tf.Tensor[];
    (save as unknown as tf.GradSaveFunc)(inputs);
    const [mean, variance] = tf.split(statistics, 2) as tf.Tensor1D[];
    onStatistics(mean, variance);
    return {
      value: normRelu(...inputs),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        recipe?.free();
        const sums = ownOp<tf.Tensor1D>('AxunetNormReluSums', [2 * channels], options, [dy, ...saved]);
        const dz = ownOp('AxunetNormReluGradient', z.shape, options, [dy, ...saved, sums]);
        const [dBeta, dGamma] = tf.split(sums, 2);
        return [dz, dGamma, dBeta];
      },
    };
  })(z, gamma, beta) as tf.Tensor4D;
  recipe = canBeMade(value, [z, statistics, gamma, beta], normRelu);
  return value;
}

function nativeTraining(
  z: tf.Tensor4D,
  gamma: tf.Tensor1D,
  beta: tf.Tensor1D,
  onStatistics: StatisticsListener,
): tf.Tensor4D {
  const attributes = {
    U: { type: 'float' } as const,
    epsilon: { float: batchNormEpsilon },
    data_format: 'NHWC',
    is_training: true,
  };
  const n = z.size / z.shape[3];
  return tf.customGrad((zIn, gammaIn, betaIn, save) => {
    const empty = tf.tensor1d([], 'float32');
    const inputs = [zIn, gammaIn, betaIn, empty, empty] as tf.Tensor[];
    const [normal, mean, unbiased, ...reserve] = runNative(
      'FusedBatchNormV3',
      { ...attributes, exponential_avg_factor: { float: 1 } },
      inputs,
      6,
    );
    const value = nativeOp('Relu', {}, [normal!]);
    normal!.dispose();
    // the kernel returns the variance divided by N − 1
    onStatistics(mean as tf.Tensor1D, tf.mul(unbiased!, (n - 1) / n));
    (save as unknown as tf.GradSaveFunc)([zIn as tf.Tensor, gammaIn as tf.Tensor, value, ...reserve]);
    return {
      value,
      gradFunc: (dy: tf.Tensor, [zs, gammas, y, ...reserved]: tf.Tensor[]) => {
        const g = nativeOp('ReluGrad', {}, [dy, y!]);
        return runNative('FusedBatchNormGradV3', attributes, [g, zs!, gammas!, ...reserved], 5).slice(0, 3);
      },
    };
  })(z, gamma, beta) as tf.Tensor4D;
}

function plainTraining(
  z: tf.Tensor4D,
  gamma: tf.Tensor1D,
  beta: tf.Tensor1D,
  onStatistics: StatisticsListener,
): tf.Tensor4D {
  const axes = [0, 1, 2];
  const n = z.size / z.shape[3];
  return tf.customGrad((zIn, gammaIn, betaIn, save) => {
    const mean = tf.mean(zIn as tf.Tensor, axes) as tf.Tensor1D;
    const centred = tf.sub(zIn as tf.Tensor, mean);
    const variance = tf.mean(tf.square(centred), axes) as tf.Tensor1D;
    const scale = tf.rsqrt(tf.add(variance, batchNormEpsilon));
    const standard = tf.mul(centred, scale);
    const value = tf.relu(tf.add(tf.mul(standard, gammaIn as tf.Tensor), betaIn as tf.Tensor));
    onStatistics(mean, variance);
    (save as unknown as tf.GradSaveFunc)([standard, scale, gammaIn as tf.Tensor, value]);
    return {
      value,
      gradFunc: (dy: tf.Tensor, [xHat, s, gammas, y]: tf.Tensor[]) => {
        const g = tf.mul(dy, tf.step(y!));
        const dBeta = tf.sum(g, axes);
        const dGamma = tf.sum(tf.mul(g, xHat!), axes);
        const inner = tf.sub(tf.sub(g, tf.div(dBeta, n)), tf.mul(xHat!, tf.div(dGamma, n)));
        return [tf.mul(inner, tf.mul(gammas!, s!)), dGamma, dBeta];
      },
    };
  })(z, gamma, beta) as tf.Tensor4D;
}
