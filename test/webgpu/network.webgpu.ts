/** The network on the graphics card, against plain JavaScript: all variants, all optimizers, predictions. */
import { expect, it } from 'vitest';
import { tf } from '../../lib/engine/engine.ts';
import { eagerModel } from '../../lib/engine/graph/compileModel.ts';
import { losses } from '../../lib/loss/losses.ts';
import { createAxUnet, variants } from '../../lib/model/axunet.ts';
import { batchTensors, differentiate } from '../../lib/step/differentiate.ts';
import { EagerStep } from '../../lib/step/eagerStep.ts';
import { exampleBatch } from '../../lib/step/exampleBatch.ts';
import { defaultAdam, referenceRmsprop } from '../../lib/step/optimizers.ts';
import type { NamedArrays, StepOptions } from '../../lib/step/step.ts';
import { smallNetwork } from '../step/smallNetwork.ts';
import { cosineDistance, onBoth, onCard } from './card.ts';

const batch = exampleBatch(2, { inputSize: [16, 16], inputChannels: 3 });
const larger = exampleBatch(2, { inputSize: [32, 32], inputChannels: 3 });

onCard('the network', () => {
  it.each(variants)('of the variant %s has the loss, the gradients and the prediction', async (variant) => {
    const { plain, card } = await onBoth(async () => {
      const model = createAxUnet({ variant, width: 2, inputSize: [16, 16] }, 1);
      const tensors = batchTensors(batch, 0.25);
      const { loss, gradients } = differentiate(model, { loss: losses['focal-gdl-boundary-rising'] }, tensors);
      const arrays: Float32Array[] = [];
      // A bias that batch norm takes away again has none.
      for (const gradient of gradients) arrays.push(((await gradient?.data()) as Float32Array) ?? new Float32Array());
      const [value] = await loss.data();
      tf.dispose([loss, { ...tensors }, gradients.filter((gradient) => gradient !== undefined)]);
      const logits = await eagerModel(model).predict(batch.images, [2, 16, 16, 3]);
      model.dispose();
      return { value: value!, arrays, logits };
    });
    expect(Math.abs(card.value - plain.value)).toBeLessThan(1e-5 * Math.abs(plain.value));
    expect(card.arrays.map(({ length }) => length)).toEqual(plain.arrays.map(({ length }) => length));
    expect(cosineDistance(card.arrays, plain.arrays)).toBeLessThan(1e-6);
    expect(cosineDistance([card.logits], [plain.logits])).toBeLessThan(1e-6);
  });

  const optimizers: [string, Partial<StepOptions>][] = [
    ['RMSProp, clipped', { optimizer: referenceRmsprop, clipNorm: 0.1 }],
    ['AdamW, averaged', { optimizer: { ...defaultAdam, weightDecay: 0.05 } as never, emaDecay: 0.9 }],
    ['momentum, in parts', { optimizer: { name: 'sgd', momentum: 0.9 }, microBatch: 1 }],
  ];
  it.each(optimizers)('after two steps of %s has the same weights and memories', async (_, options) => {
    const { plain, card } = await onBoth(async () => {
      const model = smallNetwork(2);
      const step = new EagerStep(model, { loss: losses['ce-dice'], optimizer: referenceRmsprop, ...options });
      // Small: RMSProp's and Adam's first steps are as long for a gradient of nothing but rounding.
      const results = [await step.run(larger, 1e-3), await step.run(larger, 1e-3)];
      const state = await step.state();
      await step.restore(state);
      const again = await step.state();
      step.dispose();
      model.dispose();
      return { results, state, again };
    });
    expect(card.again).toEqual(card.state);
    expect(Object.keys(card.state)).toEqual(Object.keys(plain.state));
    for (const k of [0, 1]) {
      expect(card.results[k]!.loss).toBeCloseTo(plain.results[k]!.loss, 4);
      expect(card.results[k]!.gradientNorm).toBeCloseTo(plain.results[k]!.gradientNorm, 3);
    }
    const numbers = (state: NamedArrays, kind: string): Float32Array[] =>
      Object.entries(state).flatMap(([name, { data }]) => (name.startsWith(kind) ? [data] : []));
    for (const kind of new Set(Object.keys(plain.state).map((name) => name.split('/')[0]!)))
      expect(cosineDistance(numbers(card.state, kind), numbers(plain.state, kind)), kind).toBeLessThan(1e-5);
  });

  it('keeps no tensor from one step to the next', async () => {
    const model = smallNetwork(2);
    const step = new EagerStep(model, { loss: losses['ce-dice-hausdorff'], optimizer: referenceRmsprop });
    await step.run(larger, 1e-3);
    const before = tf.memory().numTensors;
    await step.run(larger, 1e-3);
    expect(tf.memory().numTensors).toBe(before);
    step.dispose();
    model.dispose();
  });
});
