/** The optimizers of optimizers.ts as TensorFlow's own update kernels, for the compiled step. They change variables in place. */

import { typeAttribute } from 'axunet-engine/graph/attributes';
import { attributeTypes, dtypes, type NativeAttribute } from 'axunet-engine/graph/native';
import { nodeOf, type Ref, type Trace } from 'axunet-engine/graph/trace';
import { assignVariable, type GraphVariable } from 'axunet-engine/graph/variables';
import type { OptimizerConfig } from './optimizers.ts';

/** Numbers that change from step to step, fed by name. */
export type StepNumbers = Readonly<Record<string, number>>;

/**
 * What an optimizer is fed at one step (`step` counts from 1). Adam's kernel adds its epsilon to √v before the bias
 * correction of v, ours after it: the same once epsilon is scaled by √(1 − β₂ᵗ).
 */
export function stepNumbers(config: OptimizerConfig, learningRate: number, step: number): StepNumbers {
  if (config.name === 'rmsprop')
    return { learningRate, rho: config.rho, momentum: config.momentum, epsilon: config.epsilon };
  if (config.name === 'sgd') return { learningRate, momentum: config.momentum };
  const { beta1, beta2, epsilon, weightDecay } = config;
  return {
    learningRate,
    beta1,
    beta2,
    beta1Power: beta1 ** step,
    beta2Power: beta2 ** step,
    epsilon: epsilon * Math.sqrt(1 - beta2 ** step),
    ...(weightDecay > 0 ? { decay: learningRate * weightDecay } : {}),
  };
}

const flag = (name: string): NativeAttribute => ({ name, type: attributeTypes.bool, value: false });
const T = typeAttribute('T', dtypes.float32);

/**
 * Adds the update of one variable by its gradient and returns the operation to run. `slots` are in the order of
 * `slotNames`, `numbers` are the fed scalars of `stepNumbers`; `decays` says whether weight decay applies.
 */
export function addUpdate(
  trace: Trace,
  config: OptimizerConfig,
  variable: GraphVariable,
  value: Ref,
  gradient: Ref,
  slots: readonly GraphVariable[],
  numbers: Readonly<Record<string, Ref>>,
  decays: boolean,
): string {
  const handles = [variable.handle, ...slots.map(({ handle }) => handle)];
  const n = numbers;
  const read = nodeOf(value); // also where the gradient does not depend on the weight, the forward pass must have read it before it changes
  if (config.name === 'rmsprop') {
    return trace.addTarget(
      'ResourceApplyRMSProp',
      [...handles, n.learningRate, n.rho, n.momentum, n.epsilon, gradient],
      [T, flag('use_locking')],
      { controls: [read] },
    );
  }
  if (config.name === 'sgd') {
    return trace.addTarget(
      'ResourceApplyMomentum',
      [...handles, n.learningRate, gradient, n.momentum],
      [T, flag('use_locking'), flag('use_nesterov')],
      { controls: [read] },
    );
  }
  const controls = [decays && config.weightDecay > 0 ? addDecay(trace, variable, value, gradient, n.decay) : read];
  return trace.addTarget(
    'ResourceApplyAdam',
    [...handles, n.beta1Power, n.beta2Power, n.learningRate, n.beta1, n.beta2, n.epsilon, gradient],
    [T, flag('use_locking'), flag('use_nesterov')],
    { controls },
  );
}

/** w ← w − decay · w, once the gradient no longer needs w. */
function addDecay(trace: Trace, variable: GraphVariable, value: Ref, gradient: Ref, decay: Ref): string {
  const [{ ref }] = trace.add('Mul', [value, decay], [T], { controls: [nodeOf(gradient)] });
  return assignVariable(trace, 'AssignSub', variable, ref);
}
