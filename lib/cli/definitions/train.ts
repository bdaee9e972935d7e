import { expected } from '../../errors.ts';
import { type CommandDefinition, inGroup, type Options } from '../definition.ts';
import { labelsOption } from '../options/labelMap.ts';
import { takeOverOption } from '../options/takeOver.ts';
import { configOptions, foldOption, foldsFileOption, foldsSeedOption, slicesOptions } from '../options/training.ts';

function parseFolds(text: string): 'all' {
  if (text === 'all') return text;
  throw expected('--folds all (or --fold K for one fold)', `--folds ${text}`);
}

export const options = {
  out: {
    value: 'RUN',
    output: 'folder',
    text: 'the run folder: config.json, history.jsonl, tensorboard/, best/, last/, previous/, scores.json',
  },
  fold: { ...foldOption, text: 'validate on fold K (from 0) and train on the others', usually: '0' },
  folds: {
    value: 'all',
    text: 'one run after the other for all folds, in RUN/fold-0, RUN/fold-1, ...; finished ones are skipped',
    choices: ['all'],
    parse: parseFolds,
  },
  'folds-file': foldsFileOption,
  'folds-seed': foldsSeedOption,
  resume: {
    text: 'go on from the last checkpoint in RUN with its own configuration (or start, where there is none)',
  },
  'take-over': takeOverOption,
  from: {
    value: 'RUN',
    text:
      'begin with the weights of another network (a run, a file of `axunet export --safetensors`, or weights and ' +
      'small: the first of the networks of this project, and its small one) and a fresh optimizer; its variant, ' +
      'width and rates are taken where nothing else is said, and layers that do not fit are named',
  },
  ...slicesOptions,
  ...inGroup('Data', { labels: labelsOption }),
  ...configOptions,
} as const satisfies Options;

export const train = {
  name: 'train',
  summary: 'train the network by patient folds, resumable',
  usage: ['--dataset NAME --out RUN [options]', '--slices DIR --out RUN [options]'],
  about: 'Trains AX-Unet on preprocessed slices, by patient folds.',
  options,
  notes: ['Ctrl-C or SIGTERM saves and exits with 75; start again with --resume.'],
  example: 'train --dataset nih-2d --out runs/nih --preset study --minutes 14',
} as const satisfies CommandDefinition;
