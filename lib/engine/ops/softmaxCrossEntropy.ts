/**
 * Softmax cross-entropy of each pixel. With p = softmax(z) and y the one-hot truth, the loss is −log p_label and its gradient p − y,
 * computed in one go, exact also where a softmax would round to 0 or 1.
 */
import { isNative, tf } from '../engine.ts';
import { ownOp, runNative } from '../native.ts';
import { hasOwnKernels } from './ownKernels.ts';

/** `logits` [n, h, w, classes], `labels` [n, h, w] class numbers (int32); output: the loss of each pixel, [n · h · w]. */
export function softmaxCrossEntropy(logits: tf.Tensor4D, labels: tf.Tensor3D): tf.Tensor1D {
  const [classes, pixels] = [logits.shape[3], labels.size];
  if (hasOwnKernels()) return ownCrossEntropy(logits, labels);
  if (!isNative()) return tf.neg(tf.sum(tf.mul(tf.oneHot(tf.reshape(labels, [pixels]), classes), tf.logSoftmax(tf.reshape(logits, [pixels, classes]))), -1));
  return tf.customGrad((z, save) => {
    const inputs = [tf.reshape(z as tf.Tensor4D, [pixels, classes]), tf.reshape(labels, [pixels])];
    const [value, gradient] = runNative('SparseSoftmaxCrossEntropyWithLogits', { Tlabels: { type: 'int32' } }, inputs, 2);
    (save as unknown as tf.GradSaveFunc)([gradient]);
    return {
      value,
      gradFunc: (dy: tf.Tensor, [saved]: tf.Tensor[]) => tf.reshape(tf.mul(saved, tf.reshape(dy, [pixels, 1])), logits.shape),
    };
  })(logits) as tf.Tensor1D;
}

/** By the kernels of cpp/softmax.cc. */
function ownCrossEntropy(logits: tf.Tensor4D, labels: tf.Tensor3D): tf.Tensor1D {
  const truth = tf.cast(labels, 'float32');
  return tf.customGrad((z, save) => {
    (save as unknown as tf.GradSaveFunc)([z as tf.Tensor, truth]);
    return {
      value: ownOp('AxunetCrossEntropy', [labels.size], [], [z as tf.Tensor, truth]),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => ownOp('AxunetCrossEntropyGradient', logits.shape, [], [...saved, dy]),
    };
  })(logits) as tf.Tensor1D;
}
