import type { CommandDefinition, Options } from '../definition.ts';
import { labelsOption } from '../options/labelMap.ts';
import { integer, wholeNumberOption } from '../options/numbers.ts';
import { predictionOptions } from '../options/prediction.ts';
import { seriesOption } from '../options/series.ts';
import { parseWindow } from '../options/window.ts';

const { weights, mirror, threshold, postprocess } = predictionOptions;

export const options = {
  run: {
    value: 'RUN',
    text:
      'the network that makes the mask: the folder that `axunet train` made, or that of `axunet crossval`; ' +
      'given several times, the probabilities are averaged and the networks compared; weights and small are the ' +
      'networks of this project (data/weights)',
    usually: 'weights',
    multiple: true,
    alias: 'model',
  },
  mask: { value: 'FILE', text: 'a mask on the grid of the scan, instead of a network' },
  out: {
    value: 'DIR',
    output: 'folder',
    text: 'for <name>.report.html, <name>.report.png and <name>.report.json',
  },
  name: {
    value: 'NAME',
    text: "what the scan is called in the report and its files' names, where its own may be a person's",
    usually: 'the name of the file or folder',
  },
  slices: {
    value: 'N',
    text: 'how many slices are drawn, spread over the mask',
    default: '4',
    parse: wholeNumberOption('--slices with a positive whole number', 1),
  },
  series: seriesOption,
  value: {
    value: 'V',
    text: 'the value of --mask that is measured',
    usually: 'any but 0',
    parse: integer('--value with a whole number'),
  },
  labels: { ...labelsOption, text: `of --mask: ${labelsOption.text}` },
  weights,
  mirror,
  threshold,
  postprocess,
  window: {
    value: 'LO,HI',
    text: "the HU that are black and white, for a network trained on pictures; the project's own know theirs",
    parse: parseWindow,
  },
} as const satisfies Options;

export const report = {
  name: 'report',
  summary: 'one page on one scan: measures, slices, how sure the network is',
  usage: ['SCAN --out DIR [--run RUN] [options]', 'SCAN --mask FILE --out DIR [options]'],
  about:
    'Makes a page on one scan, as HTML (one file), PNG and JSON: volume, HU and largest diameters of the mask and of ' +
    'each class, slices with the outline, and of a network how sure it is, whether several agree, what they were ' +
    'trained on and how the scan looks beside that. What is odd about the files stands on it too. It is not a ' +
    'medical device.',
  operands: [{ name: 'SCAN', text: 'a CT volume in HU: NIfTI, NRRD, MetaImage or a DICOM folder' }],
  options,
  notes: [
    'Nothing of a DICOM header that tells of a person is in the files; the name of the file or folder is, unless ' +
      'there is --name.',
  ],
  example: 'report scan.nii.gz --run runs/nih --out reports/ --name case-17',
} as const satisfies CommandDefinition;
