/** The check of a compiled step in a process of its own. */
import { describe, expect, it } from 'vitest';
import { startEngine } from '../../lib/engine/engine.ts';
import { CannotCompile } from '../../lib/engine/errors.ts';
import { whyNoGraphs } from '../../lib/engine/graph/native.ts';
import { modelConfig } from '../../lib/model/axunet.ts';
import { checkInChild, stepCheckIn } from '../../lib/step/checkChild.ts';
import { isEqualEnough } from '../../lib/step/checkStep.ts';
import type { CheckTask } from '../../lib/step/checkTask.ts';

await startEngine();
const why = whyNoGraphs() ? ` (skipped: ${whyNoGraphs()})` : '';

describe.skipIf(whyNoGraphs())(`checkInChild${why}`, () => {
  const model = modelConfig({ variant: 'plain', width: 4, inputSize: [32, 32], asppRates: [1, 2, 3] });
  const task: CheckTask = { model, seed: 1, loss: 'focal-gdl', batch: 2 };

  it('compares the steps of the network and loss that it is given', async () => {
    const check = await checkInChild(task);
    expect(isEqualEnough(check), JSON.stringify(check)).toBe(true);
  });

  it('compares in bfloat16 where it is asked to, whose gradients are near and not equal', async () => {
    const check = await checkInChild({ ...task, bfloat16: true });
    expect(isEqualEnough(check), JSON.stringify(check)).toBe(false);
    expect(isEqualEnough(check, 'bfloat16'), JSON.stringify(check)).toBe(true);
  });

  it("says so when the child ends without a result, in the child's words, as a reason not to compile", async () => {
    const unknown = checkInChild({ ...task, model: { ...model, variant: 'no such network' as 'plain' } });
    await expect(unknown).rejects.toThrow(/the check of the compiled step did not finish \(.*no such network/);
    await expect(unknown).rejects.toThrow(CannotCompile);
  });
});

describe('the answer of a child', () => {
  it('is two finite numbers', () => {
    expect(stepCheckIn('{"cosine": 1, "lossDifference": 0}')).toEqual({ cosine: 1, lossDifference: 0 });
  });

  // NaN is null in JSON, and null <= 1e-4 holds in JavaScript: such a step would be taken for a right one.
  it.each([
    '{"cosine": 1, "lossDifference": null}',
    '{"cosine": null, "lossDifference": 0}',
    '{}',
    '{"cosine": ',
    '[]',
  ])('is refused where it is anything else: %s', (answer) => {
    expect(() => stepCheckIn(answer)).toThrow(/the check of the compiled step gave no answer/);
    expect(() => stepCheckIn(answer)).toThrow(CannotCompile);
  });
});
