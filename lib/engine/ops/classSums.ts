/**
 * The sums that overlap losses are made of. With p = softmax(z) and r the one-hot truth, per image and class l over
 * the pixels: Σ p_l, Σ r_l p_l, Σ r_l and Σ p_l². Where their gradients are a_l, b_l and (of Σ p_l²) c_l,
 *
 *     g_l = a_l + b_l r_l + 2 c_l p_l      dz_k = p_k (g_k − Σ g_l p_l)
 *
 * which our kernels (cpp/lossSums.cc) compute in one pass over the logits.
 */
import { tf } from '../engine.ts';
import { ownOp } from '../native.ts';
import { hasLossKernels, labelsForKernel } from './ownFocal.ts';

/** Each [n, classes]; `truth` has no gradient. */
export interface ClassSums {
  readonly probability: tf.Tensor2D;
  readonly overlap: tf.Tensor2D;
  readonly truth: tf.Tensor2D;
  readonly squares: tf.Tensor2D;
}

/** `logits` [n, h, w, classes], `labels` [n, h, w] class numbers (int32). */
export function classSums(logits: tf.Tensor4D, labels: tf.Tensor3D): ClassSums {
  const [n, height, width, classes] = logits.shape;
  if (hasLossKernels(logits)) return ownSums(logits, labelsForKernel(labels));
  const p = tf.softmax(logits);
  const r = tf.reshape(tf.cast(tf.oneHot(tf.reshape(labels, [-1]), classes), 'float32'), [n, height, width, classes]);
  // Row by row first: TensorFlow adds numbers one after the other, which over a whole image would lose digits.
  const [probability, overlap, truth, squares] = [p, tf.mul(p, r), r, tf.square(p)].map(
    (image) => tf.sum(tf.sum(image, 2), 1) as tf.Tensor2D,
  );
  return { probability, overlap, truth, squares };
}

function ownSums(logits: tf.Tensor4D, labels: tf.Tensor3D): ClassSums {
  const { shape } = logits;
  const columns = (sums: tf.Tensor): tf.Tensor2D[] =>
    tf.split(sums, 4).map((each) => tf.reshape(each, [shape[0], shape[3]]));
  const sums = ownOp<tf.Tensor3D>('AxunetClassSums', [4, shape[0], shape[3]], [], [logits, labels]);
  const differentiable = tf.customGrad((z, save) => {
    (save as unknown as tf.GradSaveFunc)([z as tf.Tensor, labels]);
    return {
      value: sums.clone(),
      gradFunc: (dy: tf.Tensor, [savedLogits, savedLabels]: tf.Tensor[]) => {
        const [probability, overlap, , squares] = tf.split(dy, 4);
        return ownOp(
          'AxunetClassSumsGradient',
          shape,
          [],
          [savedLogits, savedLabels, tf.concat([probability, overlap, squares])],
        );
      },
    };
  })(logits);
  const [probability, overlap, , squares] = columns(differentiable);
  return { probability, overlap, truth: columns(sums)[2], squares };
}
