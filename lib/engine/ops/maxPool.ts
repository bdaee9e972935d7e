/** Maximum of each 2×2 square: halves height and width. */
import { isNative, tf } from '../engine.ts';
import { nativeOp } from '../native.ts';
import { keep } from '../recompute.ts';

const attributes = { ksize: { int: [1, 2, 2, 1] }, strides: { int: [1, 2, 2, 1] }, padding: 'VALID', data_format: 'NHWC' };

/** `image` [n, h, w, c]; output [n, ⌊h/2⌋, ⌊w/2⌋, c]. The gradient goes to the first of equal maxima. */
export function maxPool(image: tf.Tensor4D): tf.Tensor4D {
  if (!isNative()) return tf.maxPool(image, 2, 2, 'valid');
  const input = keep(image);
  return tf.customGrad((x, save) => {
    const value = nativeOp('MaxPool', attributes, [x as tf.Tensor]);
    (save as unknown as tf.GradSaveFunc)([value, ...input.saved]);
    return {
      value,
      gradFunc: (dy: tf.Tensor, [y, ...saved]: tf.Tensor[]) => nativeOp('MaxPoolGrad', attributes, [input.restore(saved, dy), y!, dy]),
    };
  })(image) as tf.Tensor4D;
}
