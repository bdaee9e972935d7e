/** One labelled case of a data set, read from its files. */
import { openImage, openMask } from '../scan/openVolume.ts';
import { toCanonical } from '../volume/orientation.ts';
import type { Volume } from '../volume/volume.ts';
import { type Case } from './caseList.ts';

/** A case in memory: image and label with the same shape and orientation. */
export interface LabelledVolume {
  readonly id: string;
  readonly image: Volume;
  readonly label: Volume;
}

/**
 * Image and label of a case as they are stored. What is odd in a file is told on the console, as warnings.
 * Throws for a case without a label.
 */
export async function readCase({ id, image: imageFile, label: labelFile, series }: Case): Promise<LabelledVolume> {
  if (!labelFile) throw new Error(`${id} has no label`);
  const image = await openImage(imageFile, { series, label: labelFile });
  const label = await openMask(labelFile, { on: image });
  for (const [file, { warnings }] of [[imageFile, image] as const, [labelFile, label] as const])
    for (const warning of warnings) console.warn(`${file}: ${warning}`);
  return { id, image, label };
}

/** The same case in the canonical frame. */
export const canonicalCase = ({ id, image, label }: LabelledVolume): LabelledVolume => ({
  id,
  image: toCanonical(image),
  label: toCanonical(label),
});
