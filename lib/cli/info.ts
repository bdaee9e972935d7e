/** `axunet info`: what a NIfTI file holds. */
import { parseArgs } from 'node:util';
import { UserError } from '../errors.ts';
import { type NiftiImage, readNifti } from '../io/nifti.ts';
import { orientationCodes } from '../volume/orientation.ts';
import { finiteValues, summariseValues, type ValueSummary } from '../volume/values.ts';
import { type Affine, spacingOf } from '../volume/volume.ts';
import type { Command } from './command.ts';

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

const short = (value: number): string => String(Number(value.toPrecision(7)));
const line = (label: string, text: string): string => `${label.padEnd(12)} ${text}`;

function tableOf(info: VolumeInfo): string {
  const values = (v: ValueSummary): string =>
    `min ${short(v.min)}, max ${short(v.max)}, mean ${short(v.mean)}, std ${short(v.std)}, sum ${short(v.sum)}`;
  return [
    line('file', info.file),
    line('format', `${info.format}, ${info.datatype}, ${info.byteOrder}-endian`),
    line('shape', info.shape.join(' × ')),
    line('spacing', `${info.spacingMm.map(short).join(' × ')} mm`),
    line('orientation', info.orientation),
    ...info.affine.map((row, i) => line(i === 0 ? 'affine' : '', row.map((v) => short(v).padStart(12)).join(' '))),
    line('scaling', `slope ${info.slope}, intercept ${info.intercept}`),
    line('values', values(info)),
    ...(info.finite ? [line('finite', `${values(info.finite)} of ${info.finite.count} voxels`)] : []),
    ...(info.description ? [line('description', info.description)] : []),
    ...info.warnings.map((warning) => line('warning', warning)),
  ].join('\n');
}

export const info: Command = {
  name: 'info',
  summary: 'show shape, spacing, orientation and values of a NIfTI file',
  help: `Usage: axunet info FILE [--json]

Shows what a NIfTI file (.nii, .nii.gz, or either of .hdr and .img) holds: shape, spacing in mm, the affine from voxels
to RAS+ mm, orientation, stored type, scaling, and minimum, maximum, mean, standard deviation and sum of the voxels.

  --json   one JSON object instead of a table; a statistic that is not finite is null

Example: axunet info liver.nii.gz --json`,
  async run(args) {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { json: { type: 'boolean', default: false } },
    });
    if (positionals.length !== 1)
      throw new UserError(`Expected one FILE, found ${positionals.length === 0 ? 'none' : positionals.join(' ')}`);
    const found = await volumeInfo(positionals[0]!);
    console.log(values.json ? JSON.stringify(found, null, 2) : tableOf(found));
    return 0;
  },
};
