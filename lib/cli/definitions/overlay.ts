import type { CommandDefinition, Options } from '../definition.ts';
import { labelsOption } from '../options/labelMap.ts';
import { integer, wholeNumberOption } from '../options/numbers.ts';
import { seriesOption } from '../options/series.ts';

export const options = {
  label: { value: 'FILE', text: 'expert label; anything but 0 is pancreas' },
  mask: { value: 'FILE', text: 'predicted mask' },
  series: seriesOption,
  out: { value: 'DIR', output: 'folder', text: 'for overlay.png, overlay.svg and overlay.json' },
  value: {
    value: 'V',
    text: 'the label value that counts as pancreas',
    usually: 'any but 0',
    parse: integer('--value with a whole number'),
  },
  labels: {
    ...labelsOption,
    text: `a colour for each class of label and mask: ${labelsOption.text}`,
  },
  slices: {
    value: 'N',
    text: 'how many slices, spread over the masked part',
    default: '4',
    parse: wholeNumberOption('--slices with a positive whole number', 1),
  },
} as const satisfies Options;

export const overlay = {
  name: 'overlay',
  summary: 'draw label and mask on slices of a CT volume',
  usage: ['IMAGE [--label FILE] [--mask FILE] --out DIR [options]'],
  about: 'Draws slices of a CT volume with a label and a predicted mask on them, as PNG and SVG.',
  operands: [{ name: 'IMAGE', text: 'a CT volume: NIfTI, NRRD, MetaImage or a DICOM folder' }],
  options,
  notes: ['All files must lie on one grid; otherwise both geometries are named and nothing is drawn.'],
  example: 'overlay scan.nii.gz --label label.nii.gz --value 7 --mask masks/scan.nii.gz --out figures/latest/scan',
} as const satisfies CommandDefinition;
