/** Every loss that a run can name trains in the compiled step, with the loss and the gradients of the eager one. */

import { describe, expect, it } from 'vitest';
import { startEngine, tf } from '../../lib/engine/engine.ts';
import { whyNoGraphs } from '../../lib/engine/graph/native.ts';
import { boundaryAware } from '../../lib/loss/boundaryAware.ts';
import { crossEntropy } from '../../lib/loss/crossEntropy.ts';
import type { LossFunction } from '../../lib/loss/loss.ts';
import { losses } from '../../lib/loss/losses.ts';
import { weightedSum } from '../../lib/loss/weightedSum.ts';
import { checkStep, isEqualEnough } from '../../lib/step/checkStep.ts';
import { CompiledStep } from '../../lib/step/compiledStep.ts';
import { EagerStep } from '../../lib/step/eagerStep.ts';
import { exampleBatch } from '../../lib/step/exampleBatch.ts';

await startEngine();
const why = whyNoGraphs();
const batch = exampleBatch(2, { inputSize: [16, 16], inputChannels: 1 });
const rings = exampleBatch(2, { inputSize: [16, 16], inputChannels: 1, classes: 3 });
const sgd = { name: 'sgd', momentum: 0 } as const;

/** Two convolutions, with a smooth activation: no kink that rounding could cross. */
function smallNetwork(classes = 2): tf.LayersModel {
  const initializer = (seed: number) => tf.initializers.glorotNormal({ seed });
  return tf.sequential({
    layers: [
      tf.layers.conv2d({
        inputShape: [16, 16, 1],
        filters: 4,
        kernelSize: 3,
        padding: 'same',
        activation: 'tanh',
        kernelInitializer: initializer(1),
      }),
      tf.layers.conv2d({ filters: classes, kernelSize: 3, padding: 'same', kernelInitializer: initializer(2) }),
    ],
  });
}

describe.skipIf(why)(`of three classes in a compiled step${why ? ` (skipped: ${why})` : ''}`, () => {
  it.each(Object.entries(losses) as [string, LossFunction][])('%s has the loss and the gradients', async (_, loss) => {
    const model = smallNetwork(3);
    const options = { optimizer: sgd, loss };
    const step = await CompiledStep.compile(model, options, rings);
    const checks = [
      await checkStep(model, options, step, rings),
      await checkStep(model, options, step, rings, 'tensorflow'),
    ];
    for (const check of checks) expect(isEqualEnough(check), JSON.stringify(check)).toBe(true);
    step.dispose();
    model.dispose();
  });
});

describe.skipIf(why)(`in a compiled step${why ? ` (skipped: ${why})` : ''}`, () => {
  it.each(Object.entries(losses) as [string, LossFunction][])(
    '%s has the loss and the gradients of the eager step, and falls',
    async (name, loss) => {
      const model = smallNetwork();
      const options = { optimizer: sgd, loss };
      const step = await CompiledStep.compile(model, options, batch);
      const checks = [
        await checkStep(model, options, step, batch),
        await checkStep(model, options, step, batch, 'tensorflow'),
      ];
      for (const check of checks) expect(isEqualEnough(check), JSON.stringify(check)).toBe(true);
      const values: number[] = [];
      for (let k = 0; k < 12; k++) values.push((await step.run(batch, 0.02, 0.5)).loss);
      // The Hausdorff loss measures from the prediction of the moment: its maps jump while the network still finds the
      // organ.
      if (name !== 'ce-dice-hausdorff') expect(values.at(-1)).toBeLessThan(values[0]);
      step.dispose();
      model.dispose();
    },
  );

  it.each([undefined, 1])(
    'a weight that changes follows the progress that each step is told, in micro-batches of %s',
    async (microBatch) => {
      const models = [smallNetwork(), smallNetwork()];
      const options = {
        optimizer: sgd,
        loss: weightedSum([
          { loss: crossEntropy, weight: { from: 1, to: 3 } },
          { loss: boundaryAware(), weight: { from: 2, to: 0, end: 0.5 } },
        ]),
        microBatch,
      };
      const [compiled, eager] = [
        await CompiledStep.compile(models[0], options, batch),
        new EagerStep(models[1], options),
      ];
      const found: number[] = [];
      for (const progress of [0, 0.25, 0.5, 1]) {
        // at a rate of 0 the network stays as it is
        const [a, b] = [await compiled.run(batch, 0, progress), await eager.run(batch, 0, progress)];
        expect(Math.abs(a.loss / b.loss - 1)).toBeLessThan(1e-5);
        expect(Math.abs(a.gradientNorm / b.gradientNorm - 1)).toBeLessThan(1e-4);
        found.push(a.loss);
      }
      const [entropy, edge] = [found[3] / 3, (found[0] - found[3] / 3) / 2];
      expect(found[1]).toBeCloseTo(1.5 * entropy + edge, 4);
      expect(found[2]).toBeCloseTo(2 * entropy, 5);
      expect(edge).toBeGreaterThan(1.5 * entropy);
      compiled.dispose();
      eager.dispose();
      for (const model of models) model.dispose();
    },
  );
});
