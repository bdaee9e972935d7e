/** What a volume's file or folder holds, for reading. */
import { orientationCodes } from '../volume/orientation.ts';
import { finiteValues, summariseValues, type ValueSummary } from '../volume/values.ts';
import type { Affine } from '../volume/volume.ts';
import { openImage } from './openVolume.ts';
import type { SeriesChoice, VolumeHeader } from './readVolume.ts';

const rowsOf = (affine: Affine): number[][] => [0, 1, 2, 3].map((row) => affine.slice(4 * row, 4 * row + 4));

/** The keys of `axunet info --json`; a statistic that is not finite is null in JSON. */
export interface VolumeInfo extends ValueSummary {
  readonly file: string;
  /** NIfTI-1, NIfTI-2, NRRD, MetaImage or DICOM. */
  readonly format: string;
  /** Voxels along x, y, z. */
  readonly shape: readonly number[];
  readonly spacingMm: readonly number[];
  /** Voxel to RAS+ mm, four rows. */
  readonly affine: number[][];
  /** Towards where x, y, z grow, such as RAS. */
  readonly orientation: string;
  readonly datatype: string;
  /** Of NIfTI, NRRD and MetaImage. */
  readonly byteOrder?: 'little' | 'big';
  /** Of NIfTI, with the three that follow. */
  readonly slope?: number;
  readonly intercept?: number;
  readonly description?: string;
  readonly lengthUnit?: string;
  /** Of DICOM, with the one that follows. */
  readonly modality?: string;
  readonly transferSyntax?: string;
  /** Voxels that are NaN or infinite. */
  readonly nonFinite: number;
  /** Statistics of the finite voxels, where some are not. */
  readonly finite?: ValueSummary;
  /** What is odd and may be wrong, one sentence each. */
  readonly warnings: string[];
}

/** What only some formats say; what one does not is left out. */
function formatFacts({ littleEndian, ...header }: VolumeHeader): Partial<VolumeInfo> {
  const { slope, intercept, description, lengthUnit, modality, transferSyntax } = header;
  const byteOrder = littleEndian ? 'little' : 'big';
  return {
    ...(littleEndian !== undefined && { byteOrder }),
    ...(slope !== undefined && { slope, intercept, description, lengthUnit }),
    ...(modality !== undefined && { modality, transferSyntax }),
  };
}

/** Reads a volume and summarises it. Throws a UserError when it cannot be read. */
export async function volumeInfo(file: string, choice: SeriesChoice = {}): Promise<VolumeInfo> {
  const { header, shape, spacingMm, affine, data, warnings } = await openImage(file, { isCt: false, ...choice });
  const summary = summariseValues(data);
  const { nan, infinite, count } = summary;
  const nonFinite = `${nan} NaN and ${infinite} infinite values among ${count} voxels`;
  return {
    file,
    format: header.format,
    shape,
    spacingMm,
    affine: rowsOf(affine),
    orientation: orientationCodes(affine),
    datatype: header.datatype,
    ...formatFacts(header),
    nonFinite: header.nonFinite,
    ...summary,
    ...(header.nonFinite > 0 ? { finite: summariseValues(finiteValues(data)) } : {}),
    warnings: [...(nan + infinite > 0 ? [nonFinite] : []), ...warnings],
  };
}
