/** Forward and backward pass in the graph of a training step. */
import type { tf } from 'axunet-engine/engine';
import { joinParts, splitParts } from 'axunet-engine/graph/joinedVariable';
import { nodeOf, type Ref, type Trace } from 'axunet-engine/graph/trace';
import { assignVariable, readVariable } from 'axunet-engine/graph/variables';
import { movingAverageOf } from 'axunet-engine/ops/movingAverage';
import { recomputing } from 'axunet-engine/recompute';
import { type BatchTensors, differentiate } from './differentiate.ts';
import { addFloat32 } from './float32.ts';
import type { StepOptions } from './step.ts';
import { movedBy } from './stepUpdate.ts';
import type { WeightGroup } from './stepVariables.ts';
import { variableOf } from './weights.ts';

/** What the pass of one shape of batch computes. */
interface TracedPass {
  /** Of the groups' weights, before the step. */
  readonly values: readonly Ref[];
  readonly loss: Ref;
  /** Of each trainable weight; undefined where the loss does not depend on it. */
  readonly gradients: readonly (Ref | undefined)[];
  /** Operations that set the running statistics. */
  readonly targets: readonly string[];
}

interface PassOptions extends Pick<StepOptions, 'loss'> {
  /** [n, height, width, channels] */
  readonly shape: readonly number[];
  /** Makes some images again in the backward pass. */
  readonly recompute: boolean;
}

/** Adds both passes. In the trace, the model's variables stand for what the groups' variables hold. */
export function tracePass(
  trace: Trace,
  model: tf.LayersModel,
  groups: readonly WeightGroup[],
  options: PassOptions,
): TracedPass {
  const { shape, recompute } = options;
  const x = trace.placeholder('images', shape, 'float32').tensor();
  const y = trace.placeholder('labels', shape.slice(0, 3), 'int32').tensor();
  const progress = trace.placeholder('progress', [], 'float32').tensor();
  const all = model.weights.map(variableOf);
  const values = groups.map(({ weight }) => readVariable(trace, weight.variable).ref);
  const parts = groups.map(({ weight }, g) => splitParts(trace, weight, values[g]));
  groups.forEach(({ members }, g) => members.forEach((i, k) => trace.bind(all[i], parts[g][k])));
  const before = all.map((v) => v.clone());
  try {
    const run = () => differentiate(model, options, { x, y, progress } as BatchTensors);
    const found = recompute ? recomputing(run) : run();
    const loss = addFloat32(trace, 'Identity', [trace.refOf(found.loss)], { name: 'loss' });
    const targets = groups.flatMap((group, g) => {
      const left = group.members.map((i) => trace.refOf(all[i]));
      return group.isTrainable ? [] : keepAssigned(trace, group, { value: values[g], parts: parts[g], left });
    });
    return { values, loss, targets, gradients: found.gradients.map((g) => g && trace.refOf(g)) };
  } finally {
    all.forEach((v, i) => {
      if (v.dataId !== before[i].dataId) v.assign(before[i] as tf.Tensor);
    });
  }
}

interface Passed {
  /** Of the group's variable, and of its parts, before the pass. */
  readonly value: Ref;
  readonly parts: readonly Ref[];
  /** What the parts are after it. */
  readonly left: readonly Ref[];
}

/** Sets a group as the pass has left its weights: at once where all have become moving averages, else one by one. */
function keepAssigned(trace: Trace, { weight }: WeightGroup, { value, parts, left }: Passed): string[] {
  if (left.every((ref, k) => ref === parts[k])) return [];
  const moved = left.map((ref) => movingAverageOf(trace, ref));
  const areAlike = moved.every((move, k) => move?.average === parts[k] && move.decay === moved[0]!.decay);
  const joined = joinParts(trace, weight, areAlike ? moved.map((move) => move!.value) : left);
  const next = areAlike ? movedBy(trace, value, joined, moved[0]!.decay) : joined;
  return [assignVariable(trace, 'Assign', weight.variable, next, { controls: [nodeOf(value)] })];
}
