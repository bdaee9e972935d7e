/**
 * Softmax cross-entropy of each pixel. With p = softmax(z) and y the one-hot truth, the loss is −log p_label and its
 * gradient p − y, which TensorFlow computes in one go, exact also where a softmax would round to 0 or 1.
 */
import { isNative, tf } from '../engine.ts';
import { runNative } from '../native.ts';
import { hasLossKernels, ownFocal } from './ownFocal.ts';

/**
 * `logits` [n, h, w, classes], `labels` [n, h, w] class numbers (int32); output: the loss of each pixel, [n · h · w].
 */
export function softmaxCrossEntropy(logits: tf.Tensor4D, labels: tf.Tensor3D): tf.Tensor1D {
  if (hasLossKernels(logits)) return ownFocal(logits, labels, { gamma: 0, background: 1, foreground: 1 });
  const [classes, pixels] = [logits.shape[3], labels.size];
  if (!isNative())
    return tf.neg(
      tf.sum(
        tf.mul(tf.oneHot(tf.reshape(labels, [pixels]), classes), tf.logSoftmax(tf.reshape(logits, [pixels, classes]))),
        -1,
      ),
    );
  return tf.customGrad((z, save) => {
    const inputs = [tf.reshape(z as tf.Tensor4D, [pixels, classes]), tf.reshape(labels, [pixels])];
    const [value, gradient] = runNative(
      'SparseSoftmaxCrossEntropyWithLogits',
      { Tlabels: { type: 'int32' } },
      inputs,
      2,
    );
    (save as unknown as tf.GradSaveFunc)([gradient]);
    return {
      value,
      gradFunc: (dy: tf.Tensor, [saved]: tf.Tensor[]) =>
        tf.reshape(tf.mul(saved, tf.reshape(dy, [pixels, 1])), logits.shape),
    };
  })(logits) as tf.Tensor1D;
}
