import { describe, expect, it } from 'vitest';
import { exampleBatch } from '../../lib/step/exampleBatch.ts';
import { microBatches } from '../../lib/step/microBatches.ts';

const batch = exampleBatch(5, { inputSize: [4, 6], inputChannels: 3 });

describe('the parts of a batch', () => {
  it('are the batch itself where no size is given or it is not larger than that', () => {
    for (const size of [undefined, 5, 8]) expect(microBatches(batch, size)).toEqual([{ part: batch, share: 1 }]);
  });

  it('are as many images as asked for, the last one the rest, with their shares of all images', () => {
    const parts = microBatches(batch, 2);
    expect(parts.map(({ part }) => part.n)).toEqual([2, 2, 1]);
    expect(parts.map(({ share }) => share)).toEqual([0.4, 0.4, 0.2]);
    expect(parts.flatMap(({ part }) => part.ids)).toEqual(batch.ids);
    expect(parts.flatMap(({ part }) => [...part.images])).toEqual([...batch.images]);
    expect(parts.flatMap(({ part }) => [...part.labels])).toEqual([...batch.labels]);
  });
});
