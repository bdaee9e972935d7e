/** Slices scored on their own pixels. */
import { describe, expect, it } from 'vitest';
import { scoreSlices } from '../../lib/evaluate/slices.ts';
import { nativeGrid } from '../../lib/preprocess/grid.ts';
import { thresholdModel } from '../predict/fake.ts';
import { slicesInMemory } from '../preprocess/slicesInMemory.ts';

const [height, width] = [3, 4];
/** The middle channel is 0, 1/11, … 1 over the pixels; a network with threshold t finds those from t on. */
const image = Float32Array.from({ length: 36 }, (_, k) => (k >= 12 && k < 24 ? (k - 12) / 11 : 0));
const slices = slicesInMemory(
  [0, 1].map((i) => ({
    id: `s${i}`,
    patient: `p${i}`,
    height,
    width,
    image,
    label: Uint8Array.from({ length: 12 }, (_, p) => Number(i === 0 && p >= 6)), // the second has none
  })),
);
const grid = nativeGrid(height, width);

describe('scoreSlices', () => {
  it('counts the overlap of each slice with its label, in the order asked for', async () => {
    const model = await thresholdModel(grid.size, 1, 7.5 / 11); // pixels 8 to 11
    const progress: string[] = [];
    const onProgress = (done: number, total: number): void => void progress.push(`${done}/${total}`);
    expect(await scoreSlices(model, slices, [1, 0], { grid, batchSize: 1, onProgress })).toEqual([
      { index: 1, patient: 'p1', counts: { tp: 0, fp: 4, fn: 0, tn: 8 } },
      { index: 0, patient: 'p0', counts: { tp: 4, fp: 0, fn: 2, tn: 6 } },
    ]);
    expect(progress).toEqual(['1/2', '2/2']);
  });
  it('takes another threshold of the probability', async () => {
    // Logits 1000 (v − 1/2): all probabilities are 0 or 1 but at v = 1/2, so a threshold of 0 finds every pixel.
    const model = await thresholdModel(grid.size, 1, 0.5);
    const [{ counts }] = await scoreSlices(model, slices, [0], { grid, batchSize: 1, threshold: 0 });
    expect(counts).toEqual({ tp: 6, fp: 6, fn: 0, tn: 0 });
  });
  it('of no slices is an empty list', async () => {
    const model = await thresholdModel(grid.size, 1, 0.5);
    expect(await scoreSlices(model, slices, [], { grid, batchSize: 4 })).toEqual([]);
  });
});
