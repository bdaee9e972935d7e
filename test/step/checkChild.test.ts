/** The check of a compiled step in a process of its own. */
import { describe, expect, it } from 'vitest';
import { startEngine } from '../../lib/engine/engine.ts';
import { whyNoGraphs } from '../../lib/engine/graph/native.ts';
import { modelConfig } from '../../lib/model/axunet.ts';
import { checkInChild } from '../../lib/step/checkChild.ts';
import { isEqualEnough } from '../../lib/step/checkStep.ts';
import { trainConfig } from '../../lib/train/config.ts';

await startEngine();
const why = whyNoGraphs() ? ` (skipped: ${whyNoGraphs()})` : '';

describe.skipIf(whyNoGraphs())(`checkInChild${why}`, () => {
  it('compares the steps of the network and configuration that it is given', async () => {
    const model = modelConfig({ variant: 'plain', width: 4, inputSize: [32, 32], asppRates: [1, 2, 3] });
    const check = await checkInChild({ model, config: trainConfig({ width: 4, loss: 'focal-gdl' }) }, { n: 2 });
    expect(isEqualEnough(check), JSON.stringify(check)).toBe(true);
  });

  it("says so when the child ends without a result, in the child's words", async () => {
    const model = { ...modelConfig({ width: 4, inputSize: [32, 32] }), variant: 'no such network' as 'plain' };
    await expect(checkInChild({ model, config: trainConfig({}) }, { n: 1 })).rejects.toThrow(
      /the check of the compiled step did not finish \(.*no such network/,
    );
  });
});
