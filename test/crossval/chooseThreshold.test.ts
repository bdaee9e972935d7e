import { describe, expect, it } from 'vitest';
import { chooseThreshold } from '../../lib/crossval/chooseThreshold.ts';

const one = (probability: number[], reference: number[]) => ({
  read: async () => ({ probability: Float32Array.from(probability), reference }),
});

describe('the choice of a threshold', () => {
  it('takes the best mean Dice over the cases', async () => {
    // at 0.5: {a}, Dice 2/3 and 1; at 0.25: {a, b}, Dice 1 and 2/3; at 0.125: all, Dice 4/5 and ½
    const cases = [one([0.9, 0.3, 0.2], [1, 1, 0]), one([0.9, 0.3, 0.2], [1, 1, 0]), one([0.9, 0.3, 0.2], [1, 0, 0])];
    const { chosen, candidates } = await chooseThreshold(cases, [0.5, 0.25, 0.125]);
    expect(chosen).toBe(0.25);
    const wanted = [(2 / 3 + 2 / 3 + 1) / 3, (1 + 1 + 2 / 3) / 3, (0.8 + 0.8 + 0.5) / 3];
    candidates.forEach(({ meanDice }, i) => expect(meanDice).toBeCloseTo(wanted[i]!, 12));
  });

  it('stays at ½ where others are not better, and refuses no cases', async () => {
    expect((await chooseThreshold([one([0.9, 0.1], [1, 0])])).chosen).toBe(0.5);
    await expect(chooseThreshold([])).rejects.toThrow('Expected validation cases to choose by, found none');
  });
});
