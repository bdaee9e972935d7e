import type { CommandDefinition, Options } from '../definition.ts';
import { labelsOption } from '../options/labelMap.ts';
import { integer } from '../options/numbers.ts';
import { seriesOption } from '../options/series.ts';

export const options = {
  mask: { value: 'FILE', text: 'the expert label, drawn as "label"; anything but 0 counts' },
  prediction: { value: 'FILE', text: 'a predicted mask, drawn as "prediction"' },
  out: { value: 'FILE', output: 'file', text: 'the page to write, .html', usually: 'NAME.view.html in this folder' },
  name: {
    value: 'NAME',
    text: 'what stands above the pictures, where the name of the file or folder may be that of a person',
    usually: 'the name of the file or folder',
  },
  series: seriesOption,
  value: {
    value: 'V',
    text: 'the value of --mask that is drawn',
    usually: 'any but 0',
    parse: integer('--value with a whole number'),
  },
  '3d': { text: 'also the body in space, to be turned; needs the package @niivue/niivue' },
  labels: { ...labelsOption, text: `a colour for each class of both masks: ${labelsOption.text}` },
} as const satisfies Options;

export const view = {
  name: 'view',
  summary: 'a page to look through a CT volume with its masks',
  usage: ['IMAGE [--mask FILE] [--prediction FILE] [--out FILE.html] [options]'],
  about:
    'Writes one HTML file with three planes to look through: crosshair, windows, outlines of label and prediction, ' +
    'and the HU under the cursor, by mouse or keyboard. It needs no network and takes at most 5 MB: a volume is cut ' +
    'to the body, and what else had to be done to it stands on the page. It is not a medical device.',
  operands: [{ name: 'IMAGE', text: 'a CT volume in HU: NIfTI, NRRD, MetaImage or a DICOM folder' }],
  options,
  notes: [
    'Nothing of a DICOM header that tells of a person is on the page; the name of the file or folder is, unless ' +
      'there is --name.',
  ],
  example: 'view scan.nii.gz --mask label.nii.gz --value 7 --prediction masks/scan.nii.gz --out scan.html',
} as const satisfies CommandDefinition;
