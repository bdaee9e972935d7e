/** One labelled case of a data set, read from its files. */

import { readNifti } from '../io/nifti.ts';
import { toCanonical } from '../volume/orientation.ts';
import type { Volume } from '../volume/volume.ts';
import { type Case } from './caseList.ts';

/** A case in memory: image and label with the same shape and orientation. */
export interface LabelledVolume {
  readonly id: string;
  readonly image: Volume;
  readonly label: Volume;
}

/** Image and label of a case as they are stored. Throws for a case without a label. */
export async function readCase({ id, image, label }: Case): Promise<LabelledVolume> {
  if (!label) throw new Error(`${id} has no label`);
  return { id, image: await readNifti(image), label: await readNifti(label) };
}

/** The same case in the canonical frame. */
export const canonicalCase = ({ id, image, label }: LabelledVolume): LabelledVolume => ({
  id,
  image: toCanonical(image),
  label: toCanonical(label),
});
