import type { CommandDefinition, Options } from '../definition.ts';

export const options = {
  json: { text: 'one JSON object instead of a table; a statistic that is not finite is null' },
} as const satisfies Options;

export const info = {
  name: 'info',
  summary: 'show shape, spacing, orientation and values of a NIfTI file',
  usage: ['FILE [--json]'],
  about:
    'Shows what a NIfTI file holds: shape, spacing in mm, the affine from voxels to RAS+ mm, orientation, stored ' +
    'type, scaling, and minimum, maximum, mean, standard deviation and sum of the voxels.',
  operands: [{ name: 'FILE', text: '.nii, .nii.gz, or either of .hdr and .img' }],
  options,
  example: 'info liver.nii.gz --json',
} as const satisfies CommandDefinition;
