/** Compares a compiled step with the eager one before it is used. */
import { tf } from 'axunet-engine/engine';
import { withoutOwnKernels } from 'axunet-engine/ops/ownKernels';
import { object, realNumber, type Shape } from '../io/schema.ts';
import type { Batch } from '../preprocess/batches.ts';
import type { CompiledStep } from './compiledStep.ts';
import { batchTensors, differentiate } from './differentiate.ts';
import type { StepOptions } from './step.ts';
import { variableOf } from './weights.ts';

/** Where in the run a loss that changes is compared: inside the usual ramps, so that none of its parts is left out. */
const checkedProgress = 0.25;

/** How far two steps agree: the cosine between their gradients, and the relative difference of their losses. */
export type StepCheck = Shape<typeof stepCheckSchema>;
/** Its numbers are finite in a file: JSON has null for the others. */
export const stepCheckSchema = object({
  /** Cosine between all gradients of the two as one long vector; 1 where both are zero. */
  cosine: realNumber,
  /** Difference of the losses relative to the eager one. */
  lossDifference: realNumber,
});

/** Whose kernels the uncompiled step uses: ours too, or TensorFlow's alone. */
export type Kernels = 'ours' | 'tensorflow';

/**
 * How far a right step may be from the uncompiled one. With the same kernels, gradients of the full network differ by
 * 2e-8 from one order of summation to another; with other kernels some ReLUs and maxima flip; bfloat16 rounds to three
 * digits. A wrong operation gives far more.
 */
const limits = {
  sameKernels: { cosine: 1 - 1e-6, loss: 1e-4 },
  otherKernels: { cosine: 1 - 1e-4, loss: 1e-4 },
  bfloat16: { cosine: 0.9, loss: 0.05 },
} as const satisfies Record<string, { cosine: number; loss: number }>;

/** What two steps differ in besides the order of summation: nothing, their kernels, or the compiled one's precision. */
export type Tolerance = keyof typeof limits;

/** What has to be tolerated between a compiled step and an uncompiled one with these kernels. */
export function toleranceOf({ bfloat16, kernels = 'ours' }: { bfloat16?: boolean; kernels?: Kernels }): Tolerance {
  if (bfloat16) return 'bfloat16';
  return kernels === 'ours' ? 'sameKernels' : 'otherKernels';
}

/** Whether two steps agree within the limits of `tolerance`. */
export const isEqualEnough = ({ cosine, lossDifference }: StepCheck, tolerance: Tolerance = 'sameKernels'): boolean =>
  cosine >= limits[tolerance].cosine && lossDifference <= limits[tolerance].loss;

type Gradients = readonly (Float32Array | undefined)[];

/** Cosine between two lists of arrays, each as one long vector; undefined ones count as zeros. */
function cosineOf(ours: Gradients, theirs: Gradients): number {
  let [product, ourSquare, theirSquare] = [0, 0, 0];
  theirs.forEach((values, i) => {
    const other = ours[i];
    for (let k = 0; k < (values?.length ?? other?.length ?? 0); k++) {
      const [a, b] = [other?.[k] ?? 0, values?.[k] ?? 0];
      product += a * b;
      ourSquare += a * a;
      theirSquare += b * b;
    }
  });
  return ourSquare === 0 && theirSquare === 0 ? 1 : product / Math.sqrt(ourSquare * theirSquare);
}

/** Loss and gradients operation by operation; the model stays as it is. */
function eagerGradients(
  model: tf.LayersModel,
  loss: StepOptions['loss'],
  batch: Batch,
  kernels: Kernels,
): { loss: number; gradients: Gradients } {
  const tensors = batchTensors(batch, checkedProgress);
  const statistics = model.nonTrainableWeights.map(variableOf);
  const before = statistics.map((v) => v.clone()); // the forward pass moves them
  const run = () => differentiate(model, { loss }, tensors);
  const { loss: value, gradients } = kernels === 'ours' ? run() : withoutOwnKernels(run);
  statistics.forEach((v, i) => v.assign(before[i]));
  const found = {
    loss: value.dataSync()[0],
    gradients: gradients.map((g) => g?.dataSync<'float32'>() as Float32Array | undefined),
  };
  tf.dispose([{ ...tensors }, value, before, gradients.filter((g) => g !== undefined)]);
  return found;
}

/**
 * Loss and gradients of one batch, compiled against operation by operation, at the model's present weights (the
 * session's must be the same).
 */
export async function checkStep(
  model: tf.LayersModel,
  { loss }: Pick<StepOptions, 'loss'>,
  compiled: CompiledStep,
  batch: Batch,
  kernels: Kernels = 'ours',
): Promise<StepCheck> {
  const found = await compiled.gradients(batch, checkedProgress);
  const wanted = eagerGradients(model, loss, batch, kernels);
  return {
    cosine: cosineOf(found.gradients, wanted.gradients),
    lossDifference: Math.abs(found.loss - wanted.loss) / Math.max(Math.abs(wanted.loss), 1e-12),
  };
}
