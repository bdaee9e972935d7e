import type { CommandDefinition, Options } from '../definition.ts';
import { parseFormats } from '../options/maskFormat.ts';
import { predictionOptions } from '../options/prediction.ts';
import { seriesOption } from '../options/series.ts';
import { shardOption } from '../options/shard.ts';
import { parseSpacing } from '../options/spacing.ts';
import { takeOverOption } from '../options/takeOver.ts';
import { parseWindow } from '../options/window.ts';

export const options = {
  run: {
    value: 'RUN',
    text:
      'the folder that `axunet train` made, that of `axunet crossval`, which stands for all its folds, or a file of ' +
      '`axunet export --safetensors`; ' +
      "given several times, the networks' probabilities are averaged; weights and small are the networks of this " +
      'project (data/weights; a folder of that name is ./weights)',
    usually: 'weights',
    multiple: true,
    alias: 'model',
  },
  out: {
    value: 'DIR',
    output: 'continued',
    text:
      'for each volume <name>.nii.gz (0 and 1, or the label values of its classes, on the voxels of the source; ' +
      '--format) and <name>.json; for each picture <name>.png (0 and 255)',
  },
  ...predictionOptions,
  unseen: {
    text:
      'each volume by those networks alone that have not seen its patient: neither trained on him nor, with ' +
      '--weights best, chosen by him; for all folds and seeds of one set. Files are called as patients, with or ' +
      'without _0000',
  },
  format: {
    value: 'LIST',
    text:
      'formats of the mask, separated by commas: nifti (<name>.nii.gz), and for DICOM series dicom-seg ' +
      '(<name>.seg.dcm) and rtstruct (<name>.rtstruct.dcm), which carry the ids of patient and study',
    default: 'nifti',
    parse: parseFormats,
  },
  series: seriesOption,
  window: {
    value: 'LO,HI',
    text:
      'the HU that are black and white, for volumes and a network trained on pictures, or the other way round; ' +
      "the project's own networks know theirs",
    parse: parseWindow,
  },
  spacing: {
    value: 'MM',
    text: 'size of a pixel of pictures, for a network whose window is in mm',
    parse: parseSpacing,
  },
  shard: shardOption('volume'),
  'take-over': takeOverOption,
} as const satisfies Options;

export const predict = {
  name: 'predict',
  summary: 'segment CT volumes or pictures with a trained network, or the mean of several',
  usage: ['FOLDER|FILE... --out DIR [--run RUN] [options]'],
  about:
    'Segments CT volumes, or pictures of slices, with a trained network, or with the mean of several: without --run ' +
    'with the networks of this project, which were trained on 2-D pictures of 43 people. They are not ' +
    'a medical device.',
  operands: [
    {
      name: 'FOLDER|FILE',
      text: 'volumes in HU in any orientation (NIfTI, NRRD, MetaImage, DICOM folders), or PNG, JPEG or TIFF pictures',
    },
  ],
  options,
  notes: [
    'Pictures have row 0 at the front of the patient, but those called PANCREAS_0005-1157, as in the 2-D NIH set, ' +
      'which have the spine at the top. A folder with volumes is taken for its volumes alone.',
    'What sets an input apart from the pictures that the networks of the project were trained on is printed and ' +
      'stands in <name>.json: HU of soft tissue, contrast medium, noise, size of the body, of pixels and of slices.',
    'What is complete is skipped (same input, networks and options), so an interrupted run is simply started again. ' +
      'Exit code 1 when a volume failed; the others are made all the same.',
  ],
  example: 'predict scans/ --run runs/nih --out masks/',
} as const satisfies CommandDefinition;
