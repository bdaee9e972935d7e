/** Slices picked from a data set, in the form that the figures take. */
import type { Case, CaseList } from '../dataset/cases.ts';
import type { CohortPatient } from '../figures/cohortOverview.ts';
import type { OrientationExample, OrientedSlice } from '../figures/orientationCheck.ts';
import type { OverlayCase } from '../figures/overlayGrid.ts';
import type { AugmentedExample } from '../figures/augmentationExamples.ts';
import type { SliceImage } from '../figures/slicePicture.ts';
import { dice } from '../evaluate/overlap.ts';
import type { ScoredSlice } from '../evaluate/slices.ts';
import { readNifti } from '../io/nifti.ts';
import { predictSlices, thresholdMask } from '../predict/slices.ts';
import type { AugmentOptions } from '../preprocess/augment.ts';
import { makeBatch } from '../preprocess/batches.ts';
import type { Grid } from '../preprocess/grid.ts';
import type { SliceSet } from '../preprocess/sliceSet.ts';
import { softTissueWindowHu } from '../preprocess/window.ts';
import type { TrainedRun } from '../train/loadRun.ts';
import { orientationCodes, toCanonical } from '../volume/orientation.ts';
import { sliceZ, type Volume } from '../volume/volume.ts';

export interface LabelledVolume { readonly id: string; readonly image: Volume; readonly label: Volume }

/** Image and label of a case as they are stored. Throws for a case without a label. */
export async function readCase({ id, image, label }: Case): Promise<LabelledVolume> {
  if (!label) throw new Error(`${id} has no label`);
  return { id, image: await readNifti(image), label: await readNifti(label) };
}

/** The same case in the canonical frame. */
export const canonicalCase = ({ id, image, label }: LabelledVolume): LabelledVolume => ({ id, image: toCanonical(image), label: toCanonical(label) });

/** The slice with the most labelled voxels, the first of equals; the middle one where nothing is labelled. */
export function fullestSlice(label: Volume): number {
  let [best, most] = [label.shape[2] >> 1, 0];
  for (let z = 0; z < label.shape[2]; z++) {
    let count = 0;
    for (const value of sliceZ(label, z)) if (value > 0) count++;
    if (count > most) [best, most] = [z, count];
  }
  return best;
}

/** Slice z of a volume as a picture of HU, rows downwards as they are stored. */
export const huSlice = (volume: Volume, z: number, range: readonly [number, number] = softTissueWindowHu): SliceImage => ({
  values: sliceZ(volume, z), height: volume.shape[1], width: volume.shape[0], spacingMm: [volume.spacingMm[1], volume.spacingMm[0]], range,
});

/** The fullest slice with its label. */
const oriented = ({ image, label }: LabelledVolume): OrientedSlice => {
  const z = fullestSlice(label);
  return { slice: huSlice(image, z), label: sliceZ(label, z) };
};

/** A volume as stored beside the same volume in the canonical frame. */
export const orientationExample = (volume: LabelledVolume): OrientationExample => ({
  id: volume.id, codes: orientationCodes(volume.image.affine), stored: oriented(volume), canonical: oriented(canonicalCase(volume)),
});

/** The fullest slice of each case of a set of volumes, in the canonical frame. */
export async function cohortPatients(list: CaseList, limit = Infinity): Promise<CohortPatient[]> {
  const patients: CohortPatient[] = [];
  for (const one of list.cases.slice(0, limit)) {
    patients.push({ id: one.id, group: one.group, ...oriented(canonicalCase(await readCase(one))) });
  }
  return patients;
}

/** A preprocessed slice as a picture: its middle channel, from 0 to 1. */
export function preparedSlice(slices: SliceSet, index: number): { slice: SliceImage; label: Uint8Array } {
  const { height, width, spacingMm } = slices.entries[index]!;
  const { image, label } = slices.read(index);
  return { slice: { values: image.subarray(height * width, 2 * height * width), height, width, spacingMm, range: [0, 1] }, label };
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

/** One slice on the training grid as it is, and as the first epochs of training with these changes see it. */
export function augmentedExamples(slices: SliceSet, index: number, grid: Grid, seed: number, changes: AugmentOptions, count = 7): AugmentedExample[] {
  const [height, width] = grid.size;
  const example = (name: string, epoch: number, augment?: AugmentOptions): AugmentedExample => {
    const { images, labels } = makeBatch(slices, [index], grid, { seed, epoch, augment });
    const values = Float32Array.from({ length: height * width }, (_, p) => images[3 * p + 1]!);
    return { name, slice: { values, height, width, spacingMm: [1, 1], range: [0, 1] }, label: labels };
  };
  return [example('as it is', 0), ...Array.from({ length: count }, (_, k) => example(`epoch ${k + 1}`, k + 1, changes))];
}

/** Slices with label, prediction and DSC of the slice, for the overlay figures; `scored` must hold each of them. */
export async function predictedCases(trained: TrainedRun, scored: readonly ScoredSlice[], slices: SliceSet, indices: readonly number[]): Promise<OverlayCase[]> {
  const cases: OverlayCase[] = [];
  for await (const { index, probability } of predictSlices(trained.model, slices, indices, trained.grid, 4)) {
    const { counts } = scored.find((s) => s.index === index)!;
    cases.push({ id: slices.entries[index]!.id, ...preparedSlice(slices, index), prediction: thresholdMask(probability), dice: dice(counts) });
  }
  return cases;
}
