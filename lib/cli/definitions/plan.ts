import type { CommandDefinition, Options } from '../definition.ts';
import { dataOption, datasetNames } from '../options/datasets.ts';
import { labelMapOption, labelsOption } from '../options/labelMap.ts';
import { positiveNumber } from '../options/numbers.ts';
import { seriesOption } from '../options/series.ts';

export const options = {
  data: dataOption,
  minutes: {
    value: 'M',
    text: 'how long a training run may take; network and grid are as large as this leaves time for',
    default: '30',
    parse: positiveNumber('--minutes with a number above 0'),
  },
  memory: {
    value: 'GB',
    text: 'how much memory a run may use, in units of 2^30 bytes',
    usually: 'what is free now; on a GPU no limit',
    parse: positiveNumber('--memory with a number of GB above 0'),
  },
  out: { value: 'FILE', output: 'file', text: 'the plan as JSON', usually: 'data/plans/NAME.json' },
  'label-map': labelMapOption,
  labels: labelsOption,
  series: seriesOption,
  json: { text: 'print the plan as JSON' },
} as const satisfies Options;

export const plan = {
  name: 'plan',
  summary: 'look at a data set and choose how to train on it',
  usage: ['DATASET [options]', 'FOLDER [options]'],
  about:
    'Reads every case of a data set, chooses window, crop, grid, width, batch, loss and folds from what it finds, ' +
    'says why, and saves a file that `axunet preprocess --config`, `train --config` and `crossval --config` take.',
  operands: [
    { name: 'DATASET', text: 'a name that `axunet data` lists', offers: datasetNames },
    { name: 'FOLDER', text: 'any folder that `axunet preprocess` takes' },
  ],
  options,
  notes: [
    'The same data give the same plan, but for the size of the network and what follows from it: a few training ' +
      'steps are measured on this machine, and a busy machine gets a smaller network.',
    'Exit code 1 when a case could not be read; it is named, and the plan is of the others.',
  ],
  example: 'plan phantom --minutes 10 --out phantom-plan.json',
} as const satisfies CommandDefinition;
