/** Options that `axunet train` and `axunet crossval` share: the data, the folds and the configuration. */
import { profiles } from '../../settings.ts';
import { inGroup } from '../definition.ts';
import { datasetNames } from './datasets.ts';
import { integer, wholeNumberOption } from './numbers.ts';
import { seriesOption } from './series.ts';

/** Which slices are learnt from. */
export const slicesOptions = inGroup('Data', {
  dataset: {
    value: 'NAME',
    text:
      'a data set (axunet data lists them) or a folder of one; ' +
      'its slices are made in data/slices/ where they are missing',
    offers: datasetNames,
  },
  data: { value: 'DIR', text: 'where the data set lies', usually: 'data/NAME' },
  series: seriesOption,
  slices: { value: 'DIR', text: 'slices that `axunet preprocess` made, instead of those in data/slices/' },
});

export const foldOption = {
  value: 'K',
  text: 'one fold only, from 0',
  parse: wholeNumberOption('--fold with the number of a fold, from 0'),
} as const;

export const foldsFileOption = {
  value: 'F',
  text: 'folds as JSON, or a split that comes with the project (nih-2d-trial)',
  usually: '4 seeded folds balanced by group',
} as const;

/** Which seed deals the patients, where another one is that of the training. */
export const foldsSeedOption = {
  value: 'S',
  text: 'seed that deals the patients into folds, so that runs with several --seed share them',
  usually: "the training's --seed",
  parse: integer('--folds-seed with a whole number'),
} as const;

/** How a network is trained. */
export const configOptions = inGroup('Training', {
  preset: {
    value: 'P',
    text: "how large and how long; paper is the reference's run",
    choices: profiles,
    usually: 'AXUNET_PROFILE, else demo',
  },
  config: { value: 'FILE', text: 'options as JSON, or a plan that `axunet plan` made' },
  set: {
    value: 'NAME=V',
    text: 'one option, such as --set width=16 --set optimizer.name=adam; may be repeated',
    multiple: true,
  },
  epochs: { value: 'N', text: 'short for --set epochs=N' },
  minutes: { value: 'M', text: 'short for --set minutes=M: the learning rate follows the clock' },
  seed: { value: 'S', text: 'short for --set seed=S' },
});
