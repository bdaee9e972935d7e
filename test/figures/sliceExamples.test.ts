/** Preprocessed slices for figures. */
import { describe, expect, it } from 'vitest';
import { fullestOfPatients, overlayCases, predictedCases, preparedSlice } from '../../lib/figures/sliceExamples.ts';
import { nativeGrid } from '../../lib/preprocess/grid.ts';
import type { TrainedRun } from '../../lib/train/loadRun.ts';
import { thresholdModel } from '../predict/fake.ts';
import { slicesInMemory } from '../preprocess/slicesInMemory.ts';

/** Slices of 2 × 2 pixels; the middle channel is 0, 0.25, 0.5, 0.75. */
const slices = slicesInMemory(
  [
    { patient: 'p', label: [0, 0, 0, 1] },
    { patient: 'q', label: [0, 0, 0, 0] },
    { patient: 'p', label: [0, 0, 1, 1] },
    { patient: 'p', label: [0, 1, 0, 1] },
  ].map(({ patient, label }, i) => ({
    id: `s${i}`,
    patient,
    height: 2,
    width: 2,
    spacingMm: [2, 3] as const,
    image: Float32Array.of(9, 9, 9, 9, 0, 0.25, 0.5, 0.75, 9, 9, 9, 9),
    label: Uint8Array.from(label),
  })),
);

describe('preparedSlice', () => {
  it('is the middle channel as a picture from 0 to 1, with its label', () => {
    const { slice, label } = preparedSlice(slices, 0);
    expect(slice).toEqual({
      values: Float32Array.of(0, 0.25, 0.5, 0.75),
      height: 2,
      width: 2,
      spacingMm: [2, 3],
      range: [0, 1],
    });
    expect(label).toEqual(Uint8Array.of(0, 0, 0, 1));
  });
});

describe('fullestOfPatients', () => {
  it('has one slice of each patient, the first of equally full ones, in the order of the set', () => {
    expect(fullestOfPatients(slices, [0, 1, 2, 3])).toEqual([2, 1]);
    expect(fullestOfPatients(slices, [3, 0])).toEqual([3]);
    expect(fullestOfPatients(slices, [])).toEqual([]);
  });
});

describe('overlayCases', () => {
  it('are the slices by their ids', () => {
    expect(overlayCases(slices, [2, 1]).map(({ id }) => id)).toEqual(['s2', 's1']);
  });
});

describe('predictedCases', () => {
  it('have what the network finds, and the DSC of the slice that was scored', async () => {
    const grid = nativeGrid(2, 2);
    const model = await thresholdModel(grid.size, 1, 0.6); // the last pixel
    const counts = { tp: 1, fp: 0, fn: 1, tn: 2 };
    const scored = [2, 0].map((index) => ({ index, patient: 'p', counts }));
    const cases = await predictedCases({ model, grid } as TrainedRun, scored, slices, [2]);
    expect(cases).toHaveLength(1);
    expect(cases[0]).toMatchObject({
      id: 's2',
      prediction: Uint8Array.of(0, 0, 0, 1),
      label: Uint8Array.of(0, 0, 1, 1),
    });
    expect(cases[0].dice).toBeCloseTo(2 / 3, 12);
  });
});
