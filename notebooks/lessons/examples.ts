/** Slices picked from a data set, in the form that the lessons' figures take. */
import { type CaseList } from 'axunet/dataset/caseList';
import { canonicalCase, type LabelledVolume, readCase } from 'axunet/dataset/readCase';
import { huSlice } from 'axunet/figures/slicePicture';
import type { AugmentOptions } from 'axunet/preprocess/augment';
import { makeBatch } from 'axunet/preprocess/batches';
import type { Grid } from 'axunet/preprocess/grid';
import type { SliceSet } from 'axunet/preprocess/sliceSet';
import { orientationCodes } from 'axunet/volume/orientation';
import { fullestSlice } from 'axunet/volume/values';
import { sliceZ } from 'axunet/volume/volume';
import type { AugmentedExample } from './figures/augmentationExamples.ts';
import type { CohortPatient } from './figures/cohortOverview.ts';
import type { OrientationExample, OrientedSlice } from './figures/orientationCheck.ts';

/** The fullest slice with its label. */
const oriented = ({ image, label }: LabelledVolume): OrientedSlice => {
  const z = fullestSlice(label);
  return { slice: huSlice(image, z), label: sliceZ(label, z) };
};

/** A volume as stored beside the same volume in the canonical frame. */
export const orientationExample = (volume: LabelledVolume): OrientationExample => ({
  id: volume.id,
  codes: orientationCodes(volume.image.affine),
  stored: oriented(volume),
  canonical: oriented(canonicalCase(volume)),
});

/** The fullest slice of each case of a set of volumes, in the canonical frame. */
export async function cohortPatients(list: CaseList, limit = Infinity): Promise<CohortPatient[]> {
  const patients: CohortPatient[] = [];
  for (const one of list.cases.slice(0, limit)) {
    patients.push({ id: one.id, group: one.group, ...oriented(canonicalCase(await readCase(one))) });
  }
  return patients;
}

/** The window that the network sees and its size in pixels: `window 180 × 180 mm → 128 × 128 pixels`. */
export const describeGrid = ({ extent, unit, size }: Grid): string =>
  `window ${extent.map((side) => side.toFixed(0)).join(' × ')} ${unit} → ${size.join(' × ')} pixels`;

/** So many epochs beside the slice as it is fill two rows. */
const shownEpochs = 7;

/** One slice on the training grid as it is, and as the first epochs of training with these changes see it. */
export function augmentedExamples(
  slices: SliceSet,
  index: number,
  grid: Grid,
  seed: number,
  changes: AugmentOptions,
): AugmentedExample[] {
  const [height, width] = grid.size;
  const example = (name: string, epoch: number, augment?: AugmentOptions): AugmentedExample => {
    const { images, labels } = makeBatch(slices, [index], grid, { seed, epoch, augment });
    const values = Float32Array.from({ length: height * width }, (_, p) => images[3 * p + 1]!);
    return { name, slice: { values, height, width, spacingMm: [1, 1], range: [0, 1] }, label: labels };
  };
  const augmented = Array.from({ length: shownEpochs }, (_, k) => example(`epoch ${k + 1}`, k + 1, changes));
  return [example('as it is', 0), ...augmented];
}
