/** Loss and validation of a run. */
import { describe, expect, it } from 'vitest';
import { titleOf } from '../../lib/figures/figure.ts';
import { bestEpoch, trainingCurves } from '../../lib/figures/trainingCurves.ts';
import type { EpochRecord } from '../../lib/train/history.ts';
import { named, texts } from './readFigure.ts';

describe('trainingCurves', () => {
  const epoch = (n: number, loss: number, dice?: number): EpochRecord => ({
    kind: 'epoch',
    step: n,
    epoch: n,
    loss,
    learningRate: 1e-3,
    seconds: n,
    ...(dice === undefined
      ? {}
      : {
          validation: {
            dice,
            sd: 0.1,
            patients: [
              { patient: 'a', dice: dice - 0.1 },
              { patient: 'b', dice: dice + 0.1 },
            ],
          },
        }),
  });

  it('star the best epoch, the earliest of equals', () => {
    const records = [epoch(1, 0.9, 0.3), epoch(2, 0.5, 0.7), epoch(3, 0.4), epoch(4, 0.3, 0.7)];
    expect(bestEpoch(records)!.epoch).toBe(2);
    const figure = trainingCurves(records);
    expect([named(figure, 'Best')[0]!.x, named(figure, 'Best')[0]!.y]).toEqual([[2], [0.7]]);
    expect(texts(figure)).toEqual(['best: 0.700 in epoch 2']);
    expect(named(figure, 'Each validation patient').map((t) => t.y[0])).toEqual([0.3 - 0.1, 0.3 + 0.1]);
    expect(named(figure, 'Mean validation DSC')[0]!.x).toEqual([1, 2, 4]);
  });

  it('put the steps of an epoch between it and the one before', () => {
    const steps = [1, 2, 3].map((step) => ({
      kind: 'step' as const,
      step,
      epoch: step < 3 ? 1 : 2,
      loss: 1 / step,
      learningRate: 1,
      gradientNorm: 1,
    }));
    const figure = trainingCurves([...steps, epoch(1, 0.75), epoch(2, 0.33)]);
    expect(named(figure, 'Training loss, each step')[0]!.x).toEqual([0.5, 1, 2]);
    expect(named(figure, 'Training loss, epoch mean')[0]!.x).toEqual([0.5, 1.5]);
    expect(titleOf(figure)).toBe('Training loss, epoch by epoch'); // nothing was validated
  });

  it('without data says so in one sentence', () => {
    const figure = trainingCurves([]);
    expect(figure.data).toEqual([]);
    expect(titleOf(figure)).not.toBe('');
    expect(texts(figure)).toEqual([expect.stringMatching(/^[A-Z].*\.$/)]);
  });
});

describe('bestEpoch', () => {
  it('is none where nothing was validated', () => {
    const record: EpochRecord = { kind: 'epoch', step: 1, epoch: 1, loss: 1, learningRate: 1, seconds: 1 };
    expect(bestEpoch([])).toBeUndefined();
    expect(bestEpoch([record])).toBeUndefined();
  });
});
