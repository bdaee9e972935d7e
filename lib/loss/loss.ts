import type { tf } from '../engine/engine.ts';

/**
 * What training minimises: logits [n, h, w, classes] and class numbers [n, h, w] (int32) to one number.
 * A loss takes logits, not probabilities, so that it can stay exact where a softmax would round to 0 or 1.
 */
export type LossFunction = (logits: tf.Tensor4D, labels: tf.Tensor3D) => tf.Scalar;
