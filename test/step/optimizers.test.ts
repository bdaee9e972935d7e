import { beforeAll, describe, expect, it } from 'vitest';
import { startEngine, tf } from '../../lib/engine/engine.ts';
import {
  decays,
  defaultAdam,
  type OptimizerConfig,
  referenceRmsprop,
  slotNames,
  updateOf,
} from '../../lib/step/optimizers.ts';

/** Runs the optimizer over a list of gradients of one weight; `decay` is its entry in the decay mask. */
function trajectory(
  config: OptimizerConfig,
  start: number,
  gradients: number[],
  learningRate: number,
  decay = 1,
): number[] {
  const shape = [1];
  let [weight, ...slots]: tf.Tensor[] = [tf.fill(shape, start), ...slotNames[config.name].map(() => tf.zeros(shape))];
  return gradients.map((g, i) => {
    [weight, ...slots] = updateOf(
      config,
      { weight: weight!, gradient: tf.fill(shape, g), slots, decayMask: tf.fill(shape, decay) },
      learningRate,
      i + 1,
    );
    return weight!.dataSync()[0]!;
  });
}

describe('optimizers', () => {
  beforeAll(async () => void (await startEngine('cpu')));

  it('Adam moves by the learning rate at first, whatever the gradient', () => {
    expect(trajectory(defaultAdam, 1, [1e-3], 0.1)[0]).toBeCloseTo(0.9, 4);
    expect(trajectory(defaultAdam, 1, [-50], 0.1)[0]).toBeCloseTo(1.1, 6);
  });

  it('Adam follows its formula over two steps', () => {
    const [b1, b2, lr, eps] = [0.9, 0.999, 0.1, 1e-8];
    const [m1, v1] = [0.1 * 2, 0.001 * 4];
    const w1 = 1 - (lr * (m1 / (1 - b1))) / (Math.sqrt(v1 / (1 - b2)) + eps);
    const [m2, v2] = [b1 * m1 - 0.1, b2 * v1 + 0.001];
    const w2 = w1 - (lr * (m2 / (1 - b1 ** 2))) / (Math.sqrt(v2 / (1 - b2 ** 2)) + eps);
    const ours = trajectory(defaultAdam, 1, [2, -1], lr);
    expect(ours[0]).toBeCloseTo(w1, 6);
    expect(ours[1]).toBeCloseTo(w2, 6);
  });

  it('weight decay is of kernels, in Adam with weight decay alone', () => {
    const adamW = { ...defaultAdam, weightDecay: 0.01 } as OptimizerConfig;
    const [kernel, bias] = [tf.zeros([3, 3, 2, 4]), tf.zeros([4])];
    expect([decays(adamW, kernel), decays(adamW, bias)]).toEqual([true, false]);
    for (const config of [defaultAdam, referenceRmsprop, { name: 'sgd', momentum: 0.9 } as const])
      expect(decays(config, kernel)).toBe(false);
  });

  it('decoupled weight decay shrinks by η·λ what its mask names and leaves the rest alone', () => {
    const config: OptimizerConfig = { ...defaultAdam, weightDecay: 0.5 } as OptimizerConfig;
    expect(trajectory(config, 2, [0], 0.1, 1)[0]).toBeCloseTo(2 * (1 - 0.05), 6);
    expect(trajectory(config, 2, [0], 0.1, 0)[0]).toBe(2);
  });

  it('SGD with momentum accumulates: steps 0.1·1, then 0.1·(0.9 + 1)', () => {
    const [w1, w2] = trajectory({ name: 'sgd', momentum: 0.9 }, 1, [1, 1], 0.1);
    expect(w1).toBeCloseTo(0.9, 6);
    expect(w2).toBeCloseTo(0.71, 6);
  });
});
