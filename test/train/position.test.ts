import { describe, expect, it } from 'vitest';
import { trainConfig } from '../../lib/train/config.ts';
import { batchesPerEpoch, endReason, epochBatches, progressOf, startPosition } from '../../lib/train/position.ts';
import { slicesInMemory } from '../preprocess/slicesInMemory.ts';

const slices = slicesInMemory(
  Array.from({ length: 20 }, (_, i) => ({
    id: `${i}`,
    patient: 'p',
    height: 1,
    width: 1,
    image: new Float32Array(3),
    label: Uint8Array.of(i < 8 ? 1 : 0),
  })),
);
const all = Array.from({ length: 20 }, (_, i) => i);

describe('the batches of an epoch', () => {
  it('hold every slice once, in another order in each epoch, the same in the same epoch', () => {
    const config = trainConfig({ batchSize: 5 });
    const [first, second] = [epochBatches(slices, all, config, 1), epochBatches(slices, all, config, 2)];
    expect(first.map((batch) => batch.length)).toEqual([5, 5, 5, 5]);
    expect(first.flat().sort((a, b) => a - b)).toEqual(all);
    expect(second).not.toEqual(first);
    expect(epochBatches(slices, all, config, 1)).toEqual(first);
  });

  it('leave a smaller rest out, unless there is nothing else', () => {
    expect(epochBatches(slices, all, trainConfig({ batchSize: 6 }), 1).map((batch) => batch.length)).toEqual([6, 6, 6]);
    expect(epochBatches(slices, [3, 4], trainConfig({ batchSize: 6 }), 1).map((batch) => batch.length)).toEqual([2]);
  });

  it('with an empty share hold all slices with foreground and a fresh draw of the others', () => {
    const config = trainConfig({ batchSize: 1, emptyShare: 0.2 });
    const draws = [1, 2, 3].map((epoch) => epochBatches(slices, all, config, epoch).flat());
    for (const draw of draws) {
      expect(draw.filter((i) => i < 8)).toHaveLength(8);
      expect(draw.filter((i) => i >= 8)).toHaveLength(2); // 2 of 10 are a fifth
    }
    expect(new Set(draws.flatMap((draw) => draw.filter((i) => i >= 8))).size).toBeGreaterThan(2);
    expect(epochBatches(slices, all, trainConfig({ batchSize: 1, emptyShare: 0 }), 1)).toHaveLength(8);
    expect(epochBatches(slices, [10, 11], config, 1)).toHaveLength(2); // nothing with foreground: all as they are
  });

  it('are counted without being drawn', () => {
    for (const emptyShare of [null, 0, 0.2, 0.5, 0.9])
      for (const batchSize of [1, 3, 8, 50])
        for (const training of [all, [3, 4], [10, 11], [0, 10, 11, 12]]) {
          const config = trainConfig({ batchSize, emptyShare });
          const counts = [1, 2].map((epoch) => epochBatches(slices, training, config, epoch).length);
          const count = batchesPerEpoch(slices, training, config);
          expect(counts, JSON.stringify({ emptyShare, batchSize, training })).toEqual([count, count]);
        }
  });
});

describe('where a run stands', () => {
  it('is told in steps, or in time where there is a time box', () => {
    const position = { ...startPosition(), epochs: 2, batch: 5, seconds: 90 };
    expect(progressOf(trainConfig({ epochs: 10 }), position, 10)).toBe(0.25);
    expect(progressOf(trainConfig({ minutes: 3 }), position, 10)).toBe(0.5);
    expect(progressOf(trainConfig({ minutes: 1 }), position, 10)).toBe(1);
  });

  it('is the end after the epochs, the minutes or the patience', () => {
    const position = { ...startPosition(), epochs: 3, seconds: 60, sinceBest: 4 };
    expect(endReason(trainConfig({ epochs: 4 }), position)).toBeUndefined();
    expect(endReason(trainConfig({ epochs: 3 }), position)).toBe('epochs');
    expect(endReason(trainConfig({ minutes: 1 }), position)).toBe('minutes');
    expect(endReason(trainConfig({ epochs: 4, patience: 4 }), position)).toBe('patience');
  });
});
