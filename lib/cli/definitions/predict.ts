import type { CommandDefinition, Options } from '../definition.ts';
import { parseFormats } from '../options/maskFormat.ts';
import { predictionOptions } from '../options/prediction.ts';
import { seriesOption } from '../options/series.ts';
import { shardOption } from '../options/shard.ts';

export const options = {
  run: {
    value: 'RUN',
    text:
      'the folder that `axunet train` made, or that of `axunet crossval`, which stands for all its folds; ' +
      "given several times, the networks' probabilities are averaged",
    multiple: true,
    alias: 'model',
  },
  out: {
    value: 'DIR',
    output: 'folder',
    text: 'for each volume <name>.nii.gz (0 and 1, on the voxels of the source; --format) and <name>.json',
  },
  ...predictionOptions,
  format: {
    value: 'LIST',
    text:
      'formats of the mask, separated by commas: nifti (<name>.nii.gz), and for DICOM series dicom-seg ' +
      '(<name>.seg.dcm) and rtstruct (<name>.rtstruct.dcm), which carry the ids of patient and study',
    default: 'nifti',
    parse: parseFormats,
  },
  series: seriesOption,
  shard: shardOption('volume'),
} as const satisfies Options;

export const predict = {
  name: 'predict',
  summary: 'segment CT volumes with a trained network, or the mean of several',
  usage: ['FOLDER|FILE... --run RUN --out DIR [options]'],
  about: 'Segments CT volumes with a trained network, or with the mean of several.',
  operands: [{ name: 'FOLDER|FILE', text: 'volumes in HU in any orientation: NIfTI, NRRD, MetaImage, DICOM folders' }],
  options,
  notes: [
    'What is complete is skipped (same input, networks and options), so an interrupted run is simply started again. ' +
      'Exit code 1 when a volume failed; the others are made all the same.',
  ],
  example: 'predict scans/ --run runs/nih --out masks/',
} as const satisfies CommandDefinition;
