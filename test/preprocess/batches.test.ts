import { describe, expect, it } from 'vitest';
import { augmentDefault } from '../../lib/preprocess/augment.ts';
import { epochOrder, makeBatch } from '../../lib/preprocess/batches.ts';
import { nativeGrid } from '../../lib/preprocess/grid.ts';
import { sampleSlice } from './sampleSlice.ts';
import { slicesInMemory } from './slicesInMemory.ts';

const slice = (id: string, value: number) => ({
  id,
  patient: id,
  height: 16,
  width: 32,
  image: Float32Array.from({ length: 3 * 16 * 32 }, (_, i) => value + i / 10_000),
  label: Uint8Array.from({ length: 16 * 32 }, (_, i) => (i % 7 === 0 ? 1 : 0)),
});
const slices = slicesInMemory([slice('a', 0), slice('b', 0.2), slice('c', 0.4)]);
const grid = nativeGrid(16, 32);
const options = { augment: augmentDefault, seed: 7, epoch: 2 };

describe('batches', () => {
  it('hold the samples one after the other, in NHWC, with their ids', () => {
    const batch = makeBatch(slices, [2, 0], grid);
    expect([batch.n, batch.height, batch.width, batch.ids]).toEqual([2, 16, 32, ['c', 'a']]);
    const { image, label } = sampleSlice(slices.read(0).image, slices.read(0).label, slices.entries[0], grid);
    expect(batch.images.subarray(image.length)).toEqual(image);
    expect(batch.labels.subarray(label!.length)).toEqual(label);
    // pixel (0, 1): the three neighbouring slices of the source side by side
    expect([...batch.images.subarray(3, 6)]).toEqual([1, 513, 1025].map((i) => Math.fround(0.4 + i / 10_000)));
  });

  it('give a slice the same augmentation whatever the batch around it', () => {
    const alone = makeBatch(slices, [1], grid, options);
    const third = makeBatch(slices, [2, 0, 1], grid, options);
    expect(third.images.subarray(2 * 16 * 32 * 3)).toEqual(alone.images);
    expect(third.labels.subarray(2 * 16 * 32)).toEqual(alone.labels);
  });

  it('change with epoch and seed', () => {
    const first = makeBatch(slices, [1], grid, options).images;
    expect(makeBatch(slices, [1], grid, { ...options, epoch: 3 }).images).not.toEqual(first);
    expect(makeBatch(slices, [1], grid, { ...options, seed: 8 }).images).not.toEqual(first);
  });

  it('are the same in arrays that held something else, outside the source too', () => {
    const wide = nativeGrid(40, 50);
    const arrays = { images: new Float32Array(2 * 48 * 64 * 3).fill(NaN), labels: new Uint8Array(2 * 48 * 64).fill(7) };
    const batch = makeBatch(slices, [0, 2], wide, options, arrays);
    expect(batch.images).toBe(arrays.images);
    expect(batch).toEqual(makeBatch(slices, [0, 2], wide, options));
  });

  it('leave the source alone', () => {
    const before = Float32Array.from(slices.read(0).image);
    makeBatch(slices, [0], grid, options);
    expect(slices.read(0).image).toEqual(before);
  });

  it('refuse to be empty', () => {
    expect(() => makeBatch(slices, [], grid)).toThrow('Expected at least one slice in a batch, found none');
  });
});

describe('the order of an epoch', () => {
  const indices = Array.from({ length: 50 }, (_, i) => i);
  it('holds every slice once, the same for the same seed and epoch, another for the next', () => {
    const order = epochOrder(indices, 1, 0);
    expect([...order].sort((a, b) => a - b)).toEqual(indices);
    expect(epochOrder(indices, 1, 0)).toEqual(order);
    expect(epochOrder(indices, 1, 1)).not.toEqual(order);
    expect(epochOrder(indices, 2, 0)).not.toEqual(order);
  });
});
