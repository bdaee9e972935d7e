/** Compares a compiled step with the eager one before it is used. */
import { tf } from 'axunet-engine/engine';
import { valueAndGradients } from 'axunet-engine/gradients';
import { withoutOwnKernels } from 'axunet-engine/ops/ownKernels';
import type { Batch } from '../preprocess/batches.ts';
import type { CompiledStep } from './compiledStep.ts';
import { type StepOptions, variableOf } from './step.ts';

/** The progress of the run at which a loss that changes is compared: inside the usual ramps, so that none of its parts is left out. */
const checkedProgress = 0.25;

/** How far two steps agree: the cosine between their gradients, and the relative difference of their losses. */
export interface StepCheck {
  /** Cosine between all gradients of the two as one long vector; 1 where both are zero. */
  readonly cosine: number;
  /** Difference of the losses relative to the eager one. */
  readonly lossDifference: number;
}

/** Whose kernels the uncompiled step uses: ours too, or TensorFlow's alone. */
export type Kernels = 'ours' | 'tensorflow';

/**
 * How far a right step may be from the uncompiled one. With the same kernels, gradients of the full network differ by 2e-8 from one order
 * of summation to another; with other kernels some ReLUs and maxima flip; bfloat16 rounds to three digits. A wrong operation gives far more.
 */
const limits = {
  ours: { cosine: 1 - 1e-6, loss: 1e-4 },
  tensorflow: { cosine: 1 - 1e-4, loss: 1e-4 },
  bfloat16: { cosine: 0.9, loss: 0.05 },
} as const satisfies Record<Kernels | 'bfloat16', { cosine: number; loss: number }>;

/** Whether two steps agree within the limits for steps with the same kernels (`ours`) or of another kind. */
export const isEqualEnough = (
  { cosine, lossDifference }: StepCheck,
  comparison: keyof typeof limits = 'ours',
): boolean => cosine >= limits[comparison].cosine && lossDifference <= limits[comparison].loss;

/**
 * Loss and gradients of one batch, compiled against operation by operation, at the model's present weights (the session's must be the
 * same).
 */
export async function checkStep(
  model: tf.LayersModel,
  { loss }: StepOptions,
  compiled: CompiledStep,
  batch: Batch,
  kernels: Kernels = 'ours',
): Promise<StepCheck> {
  const { n, height, width, images, labels } = batch;
  const found = await compiled.gradients(batch, checkedProgress);
  const [x, y] = [
    tf.tensor4d(images, [n, height, width, images.length / (n * height * width)]),
    tf.tensor3d(Int32Array.from(labels), [n, height, width], 'int32'),
  ];
  const differentiate = () =>
    valueAndGradients(
      () => loss(model.apply(x, { training: true }) as tf.Tensor4D, y, tf.scalar(checkedProgress)),
      model.trainableWeights.map(variableOf),
    );
  const statistics = model.nonTrainableWeights.map(variableOf);
  const before = statistics.map((v) => v.clone()); // the forward pass moves them
  const { value, gradients } = kernels === 'ours' ? differentiate() : withoutOwnKernels(differentiate);
  statistics.forEach((v, i) => v.assign(before[i]));
  const wanted = gradients.map((g) => g?.dataSync<'float32'>());
  const wantedLoss = value.dataSync()[0];
  tf.dispose([x, y, value, before, gradients.filter((g) => g !== undefined)]);
  let [product, ours, theirs] = [0, 0, 0];
  wanted.forEach((values, i) => {
    const other = found.gradients[i];
    for (let k = 0; k < (values?.length ?? other?.length ?? 0); k++) {
      const [a, b] = [other?.[k] ?? 0, values?.[k] ?? 0];
      product += a * b;
      ours += a * a;
      theirs += b * b;
    }
  });
  const cosine = ours === 0 && theirs === 0 ? 1 : product / Math.sqrt(ours * theirs);
  return { cosine, lossDifference: Math.abs(found.loss - wantedLoss) / Math.max(Math.abs(wantedLoss), 1e-12) };
}
