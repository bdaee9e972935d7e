/** Forward and backward pass of a model: what the eager step computes, the graph traces and the check compares. */
import { tf } from 'axunet-engine/engine';
import { valueAndGradients } from 'axunet-engine/gradients';
import type { Batch } from '../preprocess/batches.ts';
import type { StepOptions } from './step.ts';
import { variableOf } from './weights.ts';

export interface BatchTensors {
  /** [n, height, width, channels] */
  readonly x: tf.Tensor4D;
  /** [n, height, width] */
  readonly y: tf.Tensor3D;
  /** Share of the run that is over. */
  readonly progress: tf.Scalar;
}

/** [n, height, width, channels] of a batch. */
export const shapeOf = ({ n, height, width, images }: Batch): [number, number, number, number] => [
  n,
  height,
  width,
  images.length / (n * height * width),
];

/** A batch as tensors, which belong to the caller. */
export function batchTensors(batch: Batch, progress: number): BatchTensors {
  const shape = shapeOf(batch);
  return {
    x: tf.tensor4d(batch.images, shape),
    y: tf.tensor3d(Int32Array.from(batch.labels), [shape[0], shape[1], shape[2]], 'int32'),
    progress: tf.scalar(progress),
  };
}

interface Differentiated {
  readonly loss: tf.Scalar;
  /** By position of the trainable weights; undefined where the loss does not depend on one. */
  readonly gradients: (tf.Tensor | undefined)[];
}

/** Loss and gradients at the model's present weights. The caller disposes of all of them. */
export function differentiate(
  model: tf.LayersModel,
  { loss }: Pick<StepOptions, 'loss'>,
  { x, y, progress }: BatchTensors,
): Differentiated {
  const forward = (): tf.Scalar => loss(model.apply(x, { training: true }) as tf.Tensor4D, y, progress);
  const { value, gradients } = valueAndGradients(forward, model.trainableWeights.map(variableOf));
  return { loss: value, gradients };
}
