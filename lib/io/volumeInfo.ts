/** What a NIfTI file holds, for reading. */
import { orientationCodes } from '../volume/orientation.ts';
import { finiteValues, summariseValues, type ValueSummary } from '../volume/values.ts';
import { type Affine, spacingOf } from '../volume/volume.ts';
import { type NiftiImage, readNifti } from './nifti.ts';

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

function warningsOf({ header, spacingMm, affine }: NiftiImage, { nan, infinite, count }: ValueSummary): string[] {
  const warnings: string[] = [];
  if (nan + infinite > 0) warnings.push(`${nan} NaN and ${infinite} infinite values among ${count} voxels`);
  if (header.lengthUnit === 'metre' || header.lengthUnit === 'micron') {
    warnings.push(`the header gives lengths in ${header.lengthUnit}s; they are taken as mm`);
  }
  const implied = spacingOf(affine);
  if (implied.some((s, i) => Math.abs(s - spacingMm[i]!) > 1e-3 * spacingMm[i]!)) {
    const list = implied.map((s) => Number(s.toPrecision(6))).join(', ');
    warnings.push(`the spacing in the header differs from the one that the affine implies (${list} mm)`);
  }
  return warnings;
}

/** Reads a NIfTI file and summarises it. Throws a UserError when it cannot be read. */
export async function volumeInfo(file: string): Promise<VolumeInfo> {
  const image = await readNifti(file);
  const { header, shape, spacingMm, affine, data } = image;
  const summary = summariseValues(data);
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
    warnings: warningsOf(image, summary),
  };
}
