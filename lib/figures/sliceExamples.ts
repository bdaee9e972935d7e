/** Slices of a preprocessed set in the form that figures take. */
import { dice } from '../evaluate/overlap.ts';
import type { ScoredSlice } from '../evaluate/slices.ts';
import { predictSlices } from '../predict/predictSlices.ts';
import { classMask } from '../predict/slices.ts';
import type { SliceSet } from '../preprocess/sliceSet.ts';
import type { TrainedRun } from '../train/loadRun.ts';
import type { OverlayCase } from './overlayGrid.ts';
import type { SliceImage } from './slicePicture.ts';

/** A preprocessed slice as a picture: its middle channel, from 0 to 1. */
export function preparedSlice(slices: SliceSet, index: number): { slice: SliceImage; label: Uint8Array } {
  const { height, width, spacingMm } = slices.entries[index]!;
  const { image, label } = slices.read(index);
  return {
    slice: { values: image.subarray(height * width, 2 * height * width), height, width, spacingMm, range: [0, 1] },
    label,
  };
}

/** The number of the fullest slice of each patient, in the order of the set. */
export function fullestOfPatients(slices: SliceSet, indices: readonly number[]): number[] {
  const best = new Map<string, number>();
  for (const i of indices) {
    const { patient, foreground } = slices.entries[i]!;
    const old = best.get(patient);
    if (old === undefined || foreground > slices.entries[old]!.foreground) best.set(patient, i);
  }
  return [...best.values()];
}

/** Preprocessed slices with their labels, for an overlay. */
export const overlayCases = (slices: SliceSet, indices: readonly number[]): OverlayCase[] =>
  indices.map((i) => ({ id: slices.entries[i]!.id, ...preparedSlice(slices, i) }));

/** Slices with label, prediction and DSC of the slice, for the overlay figures; `scored` must hold each of them. */
export async function predictedCases(
  trained: TrainedRun,
  scored: readonly ScoredSlice[],
  slices: SliceSet,
  indices: readonly number[],
): Promise<OverlayCase[]> {
  const cases: OverlayCase[] = [];
  const { model, grid } = trained;
  for await (const { index, probabilities } of predictSlices(model, slices, indices, { grid, batchSize: 4 })) {
    const { counts } = scored.find((s) => s.index === index)!;
    cases.push({
      id: slices.entries[index]!.id,
      ...preparedSlice(slices, index),
      prediction: classMask(probabilities),
      dice: dice(counts),
    });
  }
  return cases;
}
