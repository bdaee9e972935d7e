import type { CommandDefinition, Options } from '../definition.ts';
import { seriesOption } from '../options/series.ts';

export const options = {
  series: seriesOption,
  json: { text: 'one JSON object instead of a table; a statistic that is not finite is null' },
} as const satisfies Options;

export const info = {
  name: 'info',
  summary: 'show shape, spacing, orientation and values of a volume',
  usage: ['FILE|FOLDER [--series N] [--json]'],
  about:
    'Shows what a volume holds: shape, spacing in mm, the affine from voxels to RAS+ mm, orientation, stored ' +
    'type, scaling, and minimum, maximum, mean, standard deviation and sum of the voxels.',
  operands: [
    {
      name: 'FILE|FOLDER',
      text: 'NIfTI (.nii, .nii.gz, .hdr or .img), NRRD, MetaImage (.mha, .mhd), or a DICOM file or folder',
    },
  ],
  options,
  example: 'info liver.nii.gz --json',
} as const satisfies CommandDefinition;
