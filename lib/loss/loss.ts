import type { tf } from 'axunet-engine/engine';

/**
 * What training minimises: logits [n, h, w, classes] and class numbers [n, h, w] (int32) to one number.
 * A loss takes logits, not probabilities, so that it can stay exact where a softmax would round to 0 or 1.
 *
 * `progress` is the share of the run that is over, 0 to 1, for a loss that changes during training (weightedSum.ts). It
 * is a tensor because a compiled step would freeze a number. Without it, a loss is as at the start of a run.
 */
export type LossFunction = (logits: tf.Tensor4D, labels: tf.Tensor3D, progress?: tf.Scalar) => tf.Scalar;

/**
 * What an overlap is measured over: each image alone, then the mean of the images; or all images of the batch as one.
 */
export type Over = 'sample' | 'batch';
