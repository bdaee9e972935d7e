/** What the writers of SEG and RTSTRUCT take, and what both say of this program. */
import { expected } from '../errors.ts';
import { packageVersion } from '../io/packageVersion.ts';
import type { Volume } from '../volume/volume.ts';
import { assertLabelled, type Label, type MaskMaker } from './codes.ts';
import type { Elements } from './elements.ts';
import type { DicomSource } from './source.ts';

/** What a mask means and who made it. */
export interface LabelledMask extends MaskMaker {
  /** Any whole numbers, on the voxels of the source: x along its rows, z in the order of its slices. */
  readonly mask: Volume;
  readonly labels: readonly Label[];
}

/** Throws a UserError where a mask does not lie on the voxels of its source, or has values without a name. */
export function assertOnSource({ mask, labels }: LabelledMask, { slices }: DicomSource, file: string): void {
  if (mask.shape[2] !== slices.length)
    throw expected(`a mask of ${slices.length} slices, as the source has`, `${mask.shape[2]}`, file);
  assertLabelled(mask.data, labels, file);
}

/** Which program wrote an object. */
export const equipment = (): Elements => ({
  Manufacturer: 'axunet',
  ManufacturerModelName: 'axunet',
  DeviceSerialNumber: '0',
  SoftwareVersions: packageVersion(),
});
