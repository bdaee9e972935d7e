/**
 * Optimizers as formulas on tensors, with their memory ("slots") in the open so that a checkpoint can hold it.
 *
 * One update is one pure function of (weight, gradient, slots); the optimizer only keeps the slots. RMSProp has a file
 * of its own, rmsprop.ts. Compiled: optimizersCompiled.ts.
 */
import { tf } from 'axunet-engine/engine';
import { type RmspropConfig, rmspropUpdate } from './rmsprop.ts';

/** RMSProp, Adam or gradient descent with momentum, with their constants; the learning rate comes with each step. */
export type OptimizerConfig =
  /** The reference's: rmsprop.ts. */
  | ({ name: 'rmsprop' } & RmspropConfig)
  /** Kingma and Ba 2015; with `weightDecay` the decoupled form of Loshchilov and Hutter 2019, on kernels only. */
  | { name: 'adam'; beta1: number; beta2: number; epsilon: number; weightDecay: number }
  /** m ← μ m + g;  w ← w − η m. */
  | { name: 'sgd'; momentum: number };

/** The reference's training run. */
export const referenceRmsprop: OptimizerConfig = { name: 'rmsprop', rho: 0.9, momentum: 0.3, epsilon: 1e-7 };
/** Adam with the constants of its paper and no weight decay. */
export const defaultAdam: OptimizerConfig = { name: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 };

/** Names of the memories that each optimizer keeps per weight. */
export const slotNames: Record<OptimizerConfig['name'], readonly string[]> = {
  rmsprop: ['meanSquare', 'velocity'],
  adam: ['mean', 'meanSquare'],
  sgd: ['velocity'],
};

/** Whether the optimizer has weight decay that shrinks this weight: kernels only, no biases and no batch norm. */
export const decays = (config: OptimizerConfig, weight: tf.Tensor): boolean =>
  config.name === 'adam' && config.weightDecay > 0 && weight.rank > 1;

/** Share of the old average kept at a step, from 1: a young average follows faster. */
export const averageDecay = (emaDecay: number, step: number): number => Math.min(emaDecay, (1 + step) / (10 + step));

/** What one update works on; all tensors have one shape. */
interface UpdateTensors {
  readonly weight: tf.Tensor;
  readonly gradient: tf.Tensor;
  /** In the order of `slotNames`. */
  readonly slots: readonly tf.Tensor[];
  /** 1 where weight decay applies and 0 elsewhere; not given where it applies nowhere. */
  readonly decayMask?: tf.Tensor;
}

/** The new weights, then the new slots in the order of `slotNames`. `step` counts from 1. */
export function updateOf(
  config: OptimizerConfig,
  { weight, gradient, slots, decayMask }: UpdateTensors,
  learningRate: number,
  step: number,
): tf.Tensor[] {
  if (config.name === 'rmsprop') return rmspropUpdate(config, [weight, gradient, ...slots], learningRate);
  if (config.name === 'adam') {
    const mean = tf.add(tf.mul(slots[0]!, config.beta1), tf.mul(gradient, 1 - config.beta1));
    const meanSquare = tf.add(tf.mul(slots[1]!, config.beta2), tf.mul(tf.square(gradient), 1 - config.beta2));
    const root = tf.sqrt(tf.div(meanSquare, 1 - config.beta2 ** step));
    const move = tf.div(tf.mul(mean, learningRate / (1 - config.beta1 ** step)), tf.add(root, config.epsilon));
    const shrunk = decayMask ? tf.mul(weight, tf.sub(1, tf.mul(decayMask, learningRate * config.weightDecay))) : weight;
    return [tf.sub(shrunk, move), mean, meanSquare];
  }
  const velocity = tf.add(tf.mul(slots[0]!, config.momentum), gradient);
  return [tf.sub(weight, tf.mul(velocity, learningRate)), velocity];
}
