/** Maximum of each 2×2 square: halves height and width. */
import { isNative, tf } from '../engine.ts';
import { after } from '../graph/tracing.ts';
import { nativeOp, ownOp } from '../native.ts';
import { canBeMade, keep, type Recipe } from '../recompute.ts';
import { hasOwnKernels } from './ownKernels.ts';

const attributes = {
  ksize: { int: [1, 2, 2, 1] },
  strides: { int: [1, 2, 2, 1] },
  padding: 'VALID',
  data_format: 'NHWC',
};

/** `image` [n, h, w, c]; output [n, ⌊h/2⌋, ⌊w/2⌋, c]. The gradient goes to the first of equal maxima. */
export function maxPool(image: tf.Tensor4D): tf.Tensor4D {
  if (!isNative()) return tf.maxPool(image, 2, 2, 'valid');
  const input = keep(image);
  const [n, height, width, channels] = image.shape;
  const ours = hasOwnKernels();
  const pool = (x: tf.Tensor): tf.Tensor4D =>
    ours
      ? ownOp('AxunetMaxPool', [n, Math.floor(height / 2), Math.floor(width / 2), channels], [], [x])
      : nativeOp('MaxPool', attributes, [x]);
  let recipe: Recipe | undefined;
  const value = tf.customGrad((x, save) => {
    (save as unknown as tf.GradSaveFunc)(input.saved);
    return {
      value: pool(x as tf.Tensor),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        recipe?.free();
        const restored = input.restore(saved, dy);
        if (ours) return ownOp('AxunetMaxPoolGradient', image.shape, [], [restored, dy]);
        return tf.tidy(() => nativeOp('MaxPoolGrad', attributes, [restored, after(dy, () => pool(restored)), dy]));
      },
    };
  })(image) as tf.Tensor4D;
  recipe = canBeMade(value, [image], pool);
  return value;
}
