import { describe, expect, it } from 'vitest';
import {
  choosePostprocessing,
  formatPostprocessingChoice,
  type MaskCase,
} from '../../lib/evaluate/choosePostprocessing.ts';

const shape = [12, 1, 1] as const;
const organ = [0, 0, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0];
const one = (patient: string, prediction: number[], reference = organ): MaskCase => ({
  id: `${patient}-ct`,
  patient,
  read: async () => ({ prediction, reference, shape, spacingMm: [10, 10, 10] }),
});
const withIsland = [0, 0, 1, 1, 1, 1, 0, 0, 1, 0, 0, 0];
/** An organ in two parts, of which the largest component alone loses one. */
const inParts = [0, 0, 1, 1, 0, 1, 0, 0, 0, 0, 0, 0];

describe('the choice of post-processing', () => {
  it('is made by the validation cases and judged on the test cases, where it may do harm', async () => {
    const choice = await choosePostprocessing(
      [one('a', withIsland), one('b', withIsland)],
      [one('c', inParts, inParts)],
    );
    expect(choice.chosen).toEqual({ keep: 'largest' });
    expect(choice.validation.before.metrics.dice.all.mean).toBeCloseTo(8 / 9, 12);
    expect(choice.validation.after.metrics.dice.all.mean).toBe(1);
    expect(choice.validation.comparison.better).toEqual([2, 0, 0]);
    expect(choice.test!.before.metrics.dice.all.mean).toBe(1);
    expect(choice.test!.after.metrics.dice.all.mean).toBeCloseTo(0.8, 12);
    expect(formatPostprocessingChoice(choice)).toContain(
      'test       (1 cases): 1.0000 before, 0.8000 after; better in 0, worse in 1, equal in 0; ' +
        'missed 0 before, 0 after',
    );
  });

  it('does not change with the test cases, and is nothing at all where nothing helps', async () => {
    const validation = [one('a', inParts, inParts)];
    const [alone, withTest] = [
      await choosePostprocessing(validation),
      await choosePostprocessing(validation, [one('t', withIsland)]),
    ];
    expect(alone.chosen).toEqual({});
    expect(withTest.chosen).toEqual({});
    expect(alone.test).toBeUndefined();
  });

  it('can go by a distance, of which less is better', async () => {
    const choice = await choosePostprocessing([one('a', withIsland)], [], {
      metric: 'hausdorffMm',
      candidates: [{}, { keep: 'largest' }],
    });
    expect(choice.candidates.map(({ mean }) => mean)).toEqual([30, 0]);
    expect(choice.chosen).toEqual({ keep: 'largest' });
  });

  it('refuses patients in both sets, no validation cases, and metrics without a direction', async () => {
    await expect(choosePostprocessing([one('a', organ)], [one('a', organ)])).rejects.toThrow(
      'Expected test patients that are not among the validation patients, found a',
    );
    await expect(choosePostprocessing([])).rejects.toThrow('Expected validation cases to choose by, found none');
    await expect(choosePostprocessing([one('a', organ)], [], { metric: 'predictionMl' })).rejects.toThrow(
      'Expected a metric of which more or less is better',
    );
  });
});
