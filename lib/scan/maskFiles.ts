/** Masks on disk in the formats that other programs ask for. */
import type { LabelledMask } from '../dicomLabels/labelledMask.ts';
import { type DicomSource, readDicomSource } from '../dicomLabels/source.ts';
import { writeRtstruct } from '../dicomLabels/writeRtstruct.ts';
import { writeSeg } from '../dicomLabels/writeSeg.ts';
import { expected } from '../errors.ts';
import { writeNifti } from '../io/nifti.ts';
import type { AnyVolume } from './readVolume.ts';

const endings = { nifti: '.nii.gz', 'dicom-seg': '.seg.dcm', rtstruct: '.rtstruct.dcm' } as const;

export type MaskFormat = keyof typeof endings;

export const maskFormats = Object.keys(endings) as MaskFormat[];

/** Formats that repeat ids of a DICOM series and cannot be made without one. */
export const isDicomFormat = (format: MaskFormat): boolean => format !== 'nifti';

/** What the file of a mask is called. */
export const maskFileName = (name: string, format: MaskFormat): string => `${name}${endings[format]}`;

/** The DICOM series of an image. Throws a UserError that names it where it is none. */
export async function dicomSourceOf({ slices }: Pick<AnyVolume, 'slices'>, file: string): Promise<DicomSource> {
  if (!slices) throw expected('a DICOM series, for the result to belong to it', 'another format', file);
  return readDicomSource({ slices });
}

/** Where a mask goes, in which format and, of DICOM, for which series. */
export interface MaskPlace {
  readonly file: string;
  readonly format: MaskFormat;
  readonly source?: DicomSource;
}

/** Writes a mask; an existing file is replaced. Throws as the writers of the formats do. */
export async function writeMask(labelled: LabelledMask, { file, format, source }: MaskPlace): Promise<void> {
  if (format === 'nifti') return writeNifti(file, labelled.mask, { description: 'axunet pancreas mask' });
  if (!source) throw expected('a DICOM series, for the result to belong to it', 'none', file);
  return (format === 'dicom-seg' ? writeSeg : writeRtstruct)(file, labelled, source);
}
