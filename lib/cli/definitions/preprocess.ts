import type { CommandDefinition, Options } from '../definition.ts';
import { dataOption, datasetNames } from '../options/datasets.ts';
import { labelMapOption, labelsOption } from '../options/labelMap.ts';
import { seriesOption } from '../options/series.ts';
import { shardOption } from '../options/shard.ts';
import { takeOverOption } from '../options/takeOver.ts';
import { parseWindow } from '../options/window.ts';

export const options = {
  data: dataOption,
  out: { value: 'DIR', output: 'continued', text: 'where the slices go: data/, label/ (.npy) and manifest.json' },
  mode: {
    value: 'MODE',
    text:
      'default: soft-tissue window, every slice; ' +
      'paper: ±1024 HU, without the end slices, at least 32 foreground pixels',
    choices: ['default', 'paper'],
    default: 'default',
  },
  window: {
    value: 'LO,HI',
    text: 'the HU shown as 0 and as 1 in default mode',
    usually: '-160,240',
    parse: parseWindow,
  },
  config: { value: 'FILE', text: 'a plan that `axunet plan` made: its window and labels, where no others are given' },
  'label-map': labelMapOption,
  labels: labelsOption,
  series: seriesOption,
  shard: shardOption('case'),
  'take-over': takeOverOption,
  json: { text: 'print a summary as JSON' },
} as const satisfies Options;

export const preprocess = {
  name: 'preprocess',
  summary: 'make the slices that the network is trained on',
  usage: ['DATASET --out DIR [options]', 'FOLDER --out DIR [options]'],
  about: 'Makes the slices that the network is trained on.',
  operands: [
    { name: 'DATASET', text: 'a name that `axunet data` lists', offers: datasetNames },
    { name: 'FOLDER', text: 'any folder of images and labels, or of patients with DICOM and label' },
  ],
  options,
  notes: [
    'Complete cases are kept, so an interrupted run is simply started again. ' +
      'Exit code 1 when a case could not be made; the others are made all the same.',
  ],
  example: 'preprocess phantom --out data/slices',
} as const satisfies CommandDefinition;
