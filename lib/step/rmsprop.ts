/**
 * One step of RMSProp with momentum, ε inside the root as in the reference:
 *
 *     r ← ρ r + (1 − ρ) g²      m ← μ m + η g / √(r + ε)      w ← w − m
 *
 * with the weight w, its gradient g, the learning rate η, and the slots r (`meanSquare`) and m (`velocity`), 0 at
 * first. Source: Tieleman and Hinton 2012, Coursera, lecture 6.5 (without momentum), in TensorFlow's form.
 */
import { tf } from 'axunet-engine/engine';
import type { Ref } from 'axunet-engine/graph/trace';

/** ρ, μ and ε. */
export type RmspropConfig = { rho: number; momentum: number; epsilon: number };

/** Eager: the new [w, r, m]. All tensors have one shape. */
export function rmspropUpdate(
  { rho, momentum, epsilon }: RmspropConfig,
  [w, g, r, m]: readonly tf.Tensor[],
  learningRate: number,
): tf.Tensor[] {
  const meanSquare = tf.add(tf.mul(r!, rho), tf.mul(tf.square(g!), 1 - rho));
  const scaled = tf.mul(tf.div(g!, tf.sqrt(tf.add(meanSquare, epsilon))), learningRate);
  const velocity = tf.add(tf.mul(m!, momentum), scaled);
  return [tf.sub(w!, velocity), meanSquare, velocity];
}

/** Compiled: TensorFlow's kernel of these three lines, and its inputs; `handles` are those of w, r and m. */
export const rmspropKernel = (handles: readonly Ref[], n: Readonly<Record<string, Ref>>, gradient: Ref) => ({
  kernel: 'ResourceApplyRMSProp',
  inputs: [...handles, n.learningRate!, n.rho!, n.momentum!, n.epsilon!, gradient],
});
