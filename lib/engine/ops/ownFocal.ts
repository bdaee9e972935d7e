/**
 * Focal cross-entropy of each pixel by our kernels (cpp/lossFocal.cc): loss and gradient in one pass each.
 * Formulas in focalCrossEntropy.ts.
 */
import { tf } from '../engine.ts';
import { nativeOp, ownOp } from '../native.ts';
import { hasOwnKernels } from './ownKernels.ts';

/** What cpp/loss.h has room for. */
const mostClasses = 64;

/** Whether the kernels of cpp/lossFocal.cc can take these logits. */
export const hasLossKernels = (logits: tf.Tensor4D): boolean => hasOwnKernels() && logits.shape[3] <= mostClasses;

/** int32 labels in the guise of float32, the type that our kernels take; without a copy. */
export const labelsForKernel = (labels: tf.Tensor3D): tf.Tensor3D =>
  nativeOp('Bitcast', { T: { type: 'int32' }, type: { type: 'float' } }, [labels]);

/** γ, and the weights of pixels of class 0 and of others. */
export interface OwnFocalParameters {
  readonly gamma: number;
  readonly background: number;
  readonly foreground: number;
}

interface OwnInputs {
  readonly classNumbers: tf.Tensor;
  readonly parameters: tf.Tensor1D;
  readonly value: (logits: tf.Tensor) => tf.Tensor1D;
}

function prepare(labels: tf.Tensor3D, { gamma, background, foreground }: OwnFocalParameters): OwnInputs {
  const [classNumbers, parameters] = [labelsForKernel(labels), tf.tensor1d([gamma, background, foreground])];
  return {
    classNumbers,
    parameters,
    value: (logits) => ownOp<tf.Tensor1D>('AxunetFocal', [labels.size], [], [logits, classNumbers, parameters]),
  };
}

/** Loss of each pixel, [n · h · w]. */
export function ownFocal(logits: tf.Tensor4D, labels: tf.Tensor3D, options: OwnFocalParameters): tf.Tensor1D {
  const { classNumbers, parameters, value } = prepare(labels, options);
  return tf.customGrad((z, save) => {
    (save as unknown as tf.GradSaveFunc)([z as tf.Tensor, classNumbers, parameters]);
    return {
      value: value(z as tf.Tensor),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => ownOp('AxunetFocalGradient', logits.shape, [], [...saved, dy]),
    };
  })(logits) as tf.Tensor1D;
}

/**
 * The mean over all pixels of weight · loss, `weights` [n, h, w] or 1: the gradient of a
 * mean needs no image of its own.
 */
export function ownFocalMean(
  logits: tf.Tensor4D,
  labels: tf.Tensor3D,
  options: OwnFocalParameters,
  weights?: tf.Tensor3D,
): tf.Scalar {
  const { classNumbers, parameters, value } = prepare(labels, options);
  const perPixel = weights ? tf.reshape(weights, [-1]) : tf.tensor1d([], 'float32');
  return tf.customGrad((z, save) => {
    (save as unknown as tf.GradSaveFunc)([z as tf.Tensor, classNumbers, parameters, perPixel]);
    const loss = value(z as tf.Tensor);
    return {
      value: tf.mean(weights ? tf.mul(loss, perPixel) : loss),
      gradFunc: (dy: tf.Tensor, [savedLogits, savedLabels, savedParameters, savedWeights]: tf.Tensor[]) => {
        const share = tf.reshape(tf.div(dy, labels.size), [1]);
        // both weights times dy / pixels
        const scaled = tf.mul(savedParameters, tf.concat([tf.onesLike(share), share, share]));
        return ownOp('AxunetFocalGradient', logits.shape, [], [savedLogits, savedLabels, scaled, savedWeights]);
      },
    };
  })(logits) as tf.Scalar;
}
