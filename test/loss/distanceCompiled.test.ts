/** The losses by distances in a compiled training step: the same loss and gradients as operation by operation. */

import { describe, expect, it } from 'vitest';
import { currentEngine, startEngine } from '../../lib/engine/engine.ts';
import { whyNoGraphs } from '../../lib/engine/graph/native.ts';
import { losses } from '../../lib/loss/losses.ts';
import { createAxUnet } from '../../lib/model/axunet.ts';
import { checkStep, isEqualEnough } from '../../lib/step/checkStep.ts';
import { CompiledStep } from '../../lib/step/compiledStep.ts';
import { exampleBatch } from '../../lib/step/exampleBatch.ts';
import { referenceRmsprop } from '../../lib/step/optimizers.ts';

await startEngine();
const why = whyNoGraphs() ? ` (skipped: ${whyNoGraphs()})` : '';

describe.skipIf(whyNoGraphs())(`a compiled step on ${currentEngine().name}${why}`, () => {
  it.each(['ce-dice-boundary', 'ce-dice-hausdorff', 'boundary-dou'] as const)(
    'with %s equals the uncompiled one and trains',
    async (name) => {
      const model = createAxUnet({ width: 4, inputSize: [32, 32], asppRates: [1, 2, 3] }, 1);
      const batch = exampleBatch(2, { inputSize: [32, 32], inputChannels: 3 });
      const options = { optimizer: referenceRmsprop, loss: losses[name] };
      const step = await CompiledStep.compile(model, options, batch);
      const check = await checkStep(model, options, step, batch);
      expect(isEqualEnough(check), JSON.stringify(check)).toBe(true);
      const found: number[] = [];
      for (let k = 0; k < 12; k++) found.push((await step.run(batch, 1e-3)).loss);
      expect(found.at(-1)).toBeLessThan(found[0]);
      step.dispose();
      model.dispose();
    },
  );
});
