import { beforeAll, describe, expect, it } from 'vitest';
import { startEngine, tf } from '../../lib/engine/engine.ts';
import { referenceRmsprop, updateOf } from '../../lib/step/optimizers.ts';

describe('RMSProp', () => {
  beforeAll(async () => void (await startEngine('cpu')));

  it('follows r = ρr + (1−ρ)g², m = μm + ηg/√(r+ε), w −= m', () => {
    // Step 1: r = 0.1·4 = 0.4, m = 0.1·2/√0.4. Step 2: r = 0.36 + 0.1 = 0.46, m = 0.3·m₁ − 0.1/√0.46.
    const m1 = 0.2 / Math.sqrt(0.4 + 1e-7);
    const m2 = 0.3 * m1 - 0.1 / Math.sqrt(0.46 + 1e-7);
    const [weight, zero] = [tf.tensor1d([1]), tf.tensor1d([0])];
    const update = (w: tf.Tensor, g: number, slots: tf.Tensor[]): tf.Tensor[] =>
      updateOf(referenceRmsprop, { weight: w, gradient: tf.tensor1d([g]), slots }, 0.1, 1);
    const [w1, ...slots] = update(weight, 2, [zero, zero]);
    const [w2, r, m] = update(w1!, -1, slots).map((t) => t.dataSync()[0]!);
    expect(w1!.dataSync()[0]).toBeCloseTo(1 - m1, 6);
    expect(w2).toBeCloseTo(1 - m1 - m2, 6);
    expect(r).toBeCloseTo(0.46, 6);
    expect(m).toBeCloseTo(m2, 6);
  });

  it('has ε inside the root: with g = 0.001 and ε = 10⁻⁷ the first step is ηg/√(10⁻⁷ + 10⁻⁷)', () => {
    const tensors = { weight: tf.tensor1d([0]), gradient: tf.tensor1d([1e-3]), slots: [tf.zeros([1]), tf.zeros([1])] };
    const [w] = updateOf(referenceRmsprop, tensors, 1, 1);
    expect(w!.dataSync()[0]).toBeCloseTo(-1e-3 / Math.sqrt(2e-7), 5);
  });
});
