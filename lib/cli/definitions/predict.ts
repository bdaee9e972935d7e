import type { CommandDefinition, Options } from '../definition.ts';
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
    output: 'continued',
    text: 'for each volume <name>.nii.gz (0 and 1, on the voxels of the source) and <name>.json',
  },
  ...predictionOptions,
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
