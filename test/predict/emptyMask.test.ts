import { describe, expect, it } from 'vitest';
import { emptyWarning } from '../../lib/predict/emptyMask.ts';

const maps = [Float32Array.of(0, 0.25, 0.125), Float32Array.of(0.5, 0, 0.25)];

describe('an empty mask', () => {
  it('is told with the highest probability and the threshold', () => {
    expect(emptyWarning({ voxels: 0 }, maps.slice(0, 1), 0.4)).toEqual([
      'the mask is empty: the highest probability is 0.25, the threshold 0.4',
    ]);
  });
  it('is told with as many digits as keep the probability below the threshold', () => {
    const saidOf = (value: number, threshold: number) =>
      emptyWarning({ voxels: 0 }, [Float32Array.of(value)], threshold);
    expect(saidOf(0.49876, 0.5)[0]).toMatch(/ is 0\.499, the threshold 0\.5$/);
    expect(saidOf(0.99984, 0.9999)[0]).toMatch(/ is 0\.9998, the threshold 0\.9999$/);
    expect(saidOf(0.00123, 0.5)[0]).toMatch(/ is 0\.0012, the threshold 0\.5$/);
  });
  it('is told of several classes, whose probabilities are added up', () => {
    const classes = ['pancreas', 'tumour'].map((name, i) => ({ name, values: [i + 1] }));
    expect(emptyWarning({ voxels: 0 }, maps, 0.5, classes)).toEqual([
      'the mask is empty: background is likeliest everywhere, the highest probability is 0.5',
    ]);
  });
  it('is told to come from post-processing where it does', () => {
    expect(emptyWarning({ voxels: 0, beforePostprocessing: { voxels: 12 } }, maps)).toEqual([
      'the mask is empty: post-processing took away all of its 12 voxels',
    ]);
  });
  it('is not told of a mask with foreground', () => {
    expect(emptyWarning({ voxels: 1 }, maps)).toEqual([]);
  });
});
