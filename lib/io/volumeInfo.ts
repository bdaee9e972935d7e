/** What a NIfTI file holds, for reading. */
import { orientationCodes } from '../volume/orientation.ts';
import { finiteValues, summariseValues, type ValueSummary } from '../volume/values.ts';
import type { Affine } from '../volume/volume.ts';
import { openImage } from './openVolume.ts';

const rowsOf = (affine: Affine): number[][] => [0, 1, 2, 3].map((row) => affine.slice(4 * row, 4 * row + 4));

/** The keys of `axunet info --json`; a statistic that is not finite is null in JSON. */
export interface VolumeInfo extends ValueSummary {
  readonly file: string;
  readonly format: 'NIfTI-1' | 'NIfTI-2';
  /** Voxels along x, y, z. */
  readonly shape: readonly number[];
  readonly spacingMm: readonly number[];
  /** Voxel to RAS+ mm, four rows. */
  readonly affine: number[][];
  /** Towards where x, y, z grow, such as RAS. */
  readonly orientation: string;
  readonly datatype: string;
  readonly byteOrder: 'little' | 'big';
  readonly slope: number;
  readonly intercept: number;
  readonly description: string;
  readonly lengthUnit: string;
  /** Voxels that are NaN or infinite. */
  readonly nonFinite: number;
  /** Statistics of the finite voxels, where some are not. */
  readonly finite?: ValueSummary;
  /** What is odd and may be wrong, one sentence each. */
  readonly warnings: string[];
}

/** Reads a NIfTI file and summarises it. Throws a UserError when it cannot be read. */
export async function volumeInfo(file: string): Promise<VolumeInfo> {
  const { header, shape, spacingMm, affine, data, warnings } = await openImage(file, { isCt: false });
  const summary = summariseValues(data);
  const { nan, infinite, count } = summary;
  const nonFinite = `${nan} NaN and ${infinite} infinite values among ${count} voxels`;
  return {
    file,
    format: `NIfTI-${header.version}`,
    shape,
    spacingMm,
    affine: rowsOf(affine),
    orientation: orientationCodes(affine),
    datatype: header.datatype,
    byteOrder: header.littleEndian ? 'little' : 'big',
    slope: header.slope,
    intercept: header.intercept,
    description: header.description,
    lengthUnit: header.lengthUnit,
    nonFinite: header.nonFinite,
    ...summary,
    ...(header.nonFinite > 0 ? { finite: summariseValues(finiteValues(data)) } : {}),
    warnings: [...(nan + infinite > 0 ? [nonFinite] : []), ...warnings],
  };
}
