import { beforeAll, describe, expect, it } from 'vitest';
import { startEngine } from '../../../lib/engine/engine.ts';
import type { Variant } from '../../../lib/model/axunet.ts';
import { defaultModel } from '../../../lib/model/axunet.ts';
import type { TrainStep } from '../../../lib/step/step.ts';
import { networkCost, stepTimes } from '../../../notebooks/lessons/study/cost.ts';

/**
 * Trainable numbers and 10⁹ multiplications at 512 × 512, counted by hand from the layer table of the reference code
 * (its summaries print the first two).
 */
const full: Record<Variant, [number, number]> = {
  residual: [29_745_154, 117.2],
  plain: [29_572_226, 116.8],
  unet: [31_043_586, 192.7],
  'unet-sep': [19_931_266, 107.2],
  'unet-aspp': [40_684_546, 202.3],
  grouped: [46_953_346, 279.6],
};

describe('the cost of a network', () => {
  beforeAll(() => startEngine('cpu'));

  it.each(Object.entries(full))('of %s at full size is that of the reference', (variant, [parameters, gmac]) => {
    const cost = networkCost({ variant: variant as Variant });
    expect(cost.parameters).toBe(parameters);
    expect(Number(cost.gmac.toFixed(1))).toBe(gmac);
  });

  it('grows with the number of pixels', () => {
    const [small, large] = [64, 128].map((side) => networkCost({ variant: 'unet', width: 2, inputSize: [side, side] }));
    expect(large.parameters).toBe(small.parameters);
    expect(large.gmac).toBeCloseTo(4 * small.gmac, 10);
  });
});

describe('step times', () => {
  it('are of steps in turns, without the rounds that warm up', async () => {
    const order: string[] = [];
    const fake = (name: string): { step: TrainStep; model: typeof defaultModel } => ({
      step: {
        run: async () => {
          order.push(name);
        },
      } as unknown as TrainStep,
      model: { ...defaultModel, inputSize: [16, 16] },
    });
    const times = await stepTimes([fake('a'), fake('b')], { batchSize: 1, rounds: 3, warmUp: 1 });
    expect(order).toEqual(['a', 'b', 'a', 'b', 'a', 'b', 'a', 'b']);
    expect(times.map(({ timedSteps, stepMs, leastStepMs }) => [timedSteps, stepMs >= leastStepMs])).toEqual([
      [3, true],
      [3, true],
    ]);
  });
});
