/**
 * The optimizers of optimizers.ts in the graph of a compiled step: TensorFlow's own update kernels, which compute the
 * same formulas and change variables in place.
 */
import { attributeTypes, type NativeAttribute } from 'axunet-engine/graph/native';
import { nodeOf, type Ref, type Trace } from 'axunet-engine/graph/trace';
import { assignVariable, type GraphVariable } from 'axunet-engine/graph/variables';
import { addFloat32, float32 } from './float32.ts';
import type { OptimizerConfig } from './optimizers.ts';
import { rmspropKernel } from './rmsprop.ts';

/** Numbers that change from step to step, fed by name. */
type StepNumbers = Readonly<Record<string, number>>;

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

/** What an update is of. */
interface Updated {
  readonly variable: GraphVariable;
  /** What was read from it for the forward pass. */
  readonly value: Ref;
  readonly gradient: Ref;
  /** In the order of `slotNames`. */
  readonly slots: readonly GraphVariable[];
  /** Whether weight decay applies. */
  readonly decays: boolean;
}

/**
 * Adds the update of one variable by its gradient and returns the operation to run. `numbers` are the fed scalars of
 * `stepNumbers`.
 */
export function addUpdate(
  trace: Trace,
  config: OptimizerConfig,
  numbers: Readonly<Record<string, Ref>>,
  { variable, value, gradient, slots, decays }: Updated,
): string {
  const handles = [variable.handle, ...slots.map(({ handle }) => handle)];
  const n = numbers;
  // the forward pass must have read the weight before it changes, also where the gradient does not depend on it
  const controls = [nodeOf(value)];
  const [locking, nesterov] = [flag('use_locking'), flag('use_nesterov')];
  if (config.name === 'rmsprop') {
    const { kernel, inputs } = rmspropKernel(handles, n, gradient);
    return trace.addTarget(kernel, inputs, [float32, locking], { controls });
  }
  if (config.name === 'sgd') {
    const inputs = [...handles, n.learningRate, gradient, n.momentum];
    return trace.addTarget('ResourceApplyMomentum', inputs, [float32, locking, nesterov], { controls });
  }
  const inputs = [...handles, n.beta1Power, n.beta2Power, n.learningRate, n.beta1, n.beta2, n.epsilon, gradient];
  if (decays) controls[0] = addDecay(trace, variable, value, gradient, n.decay);
  return trace.addTarget('ResourceApplyAdam', inputs, [float32, locking, nesterov], { controls });
}

/** w ← w − decay · w, once the gradient no longer needs w. */
function addDecay(trace: Trace, variable: GraphVariable, value: Ref, gradient: Ref, decay: Ref): string {
  const ref = addFloat32(trace, 'Mul', [value, decay], { controls: [nodeOf(gradient)] });
  return assignVariable(trace, 'AssignSub', variable, ref);
}
