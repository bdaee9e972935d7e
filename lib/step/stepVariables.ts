/** The variables of a compiled step, and which weights live together in one. */
import type { tf } from 'axunet-engine/engine';
import { addJoinedVariable, type JoinedVariable } from 'axunet-engine/graph/joinedVariable';
import type { Trace } from 'axunet-engine/graph/trace';
import { decays, slotNames } from './optimizers.ts';
import type { StepOptions } from './step.ts';
import { variableOf, weightName } from './weights.ts';

/** Weights that are treated alike: read, updated and averaged as one. */
export interface WeightGroup {
  /** Positions among all weights, trainable ones first. */
  readonly members: readonly number[];
  readonly isTrainable: boolean;
  /** Whether the optimizer's weight decay shrinks them. */
  readonly decays: boolean;
  readonly weight: JoinedVariable;
  /** In the order of `slotNames`; none of untrained weights. */
  readonly slots: readonly JoinedVariable[];
  /** Where the run averages weights. */
  readonly average?: JoinedVariable;
  /** The sum of gradients, of trained weights with micro-batches. */
  readonly sum?: JoinedVariable;
}

/**
 * Weights of up to so many numbers live together. They are copied once or twice more in a step, which takes less time
 * than the five nodes of a variable do: 16 KiB are copied in a microsecond.
 */
export const mostJoined = 4096;

/** Declares the variables of a step of `model`; the same in every graph. */
export function declareVariables(
  trace: Trace,
  model: tf.LayersModel,
  { optimizer, emaDecay, microBatch }: StepOptions,
): WeightGroup[] {
  const { weights } = model;
  const kinds = weights.map(variableOf).map((variable, i) => {
    const isTrainable = i < model.trainableWeights.length;
    return { isTrainable, decays: isTrainable && decays(optimizer, variable) };
  });
  const hold = (kind: string, members: readonly number[]): JoinedVariable =>
    addJoinedVariable(
      trace,
      members.map((i) => ({ key: `${kind}/${weightName(weights[i])}`, shape: variableOf(weights[i]).shape })),
    );
  const together = new Map<string, number[]>();
  kinds.forEach((kind, i) => {
    const key = variableOf(weights[i]).size <= mostJoined ? JSON.stringify(kind) : `${i}`;
    together.set(key, [...(together.get(key) ?? []), i]);
  });
  return [...together.values()].map((members) => {
    const { isTrainable } = kinds[members[0]];
    return {
      members,
      ...kinds[members[0]],
      weight: hold('weight', members),
      slots: isTrainable ? slotNames[optimizer.name].map((slot) => hold(slot, members)) : [],
      average: emaDecay === undefined ? undefined : hold('average', members),
      sum: microBatch === undefined || !isTrainable ? undefined : hold('sum', members),
    };
  });
}
