import { type CommandDefinition, inGroup, type Options } from '../definition.ts';
import { judgingOptions } from '../options/judging.ts';
import { labelsOption } from '../options/labelMap.ts';
import { wholeNumberOption } from '../options/numbers.ts';
import { predictionOptions } from '../options/prediction.ts';
import { shardOption } from '../options/shard.ts';
import { takeOverOption } from '../options/takeOver.ts';
import { configOptions, foldOption, foldsFileOption, foldsSeedOption, slicesOptions } from '../options/training.ts';

export const options = {
  out: {
    value: 'DIR',
    output: 'continued',
    text:
      'for plan.json, judging.json, fold-0/, fold-1/, ..., masks/ (each by the network that never saw the patient), ' +
      'cases.csv, summary.csv, summary.md, summary.json, with --labels detection.csv',
  },
  'folds-file': foldsFileOption,
  'folds-seed': foldsSeedOption,
  'hold-out': {
    value: 'N',
    text: "one in N patients of a fold's training side chooses weights, threshold and post-processing",
    usually: '5',
    parse: wholeNumberOption('--hold-out N with a whole number from 2 (one in N patients)', 2),
  },
  fold: foldOption,
  shard: {
    ...shardOption('fold'),
    text: 'only every N-th fold from the I-th (1 to N), for several machines on one folder; --summary sums up',
  },
  summary: { text: 'no fold at all: sums up the folds that are there' },
  'take-over': takeOverOption,
  probability: { ...predictionOptions.probability, text: 'also fold-K/test/<case>_probability.nii.gz' },
  ...slicesOptions,
  dataset: { ...slicesOptions.dataset, text: 'a set of CT volumes (axunet data lists them), or a folder of one' },
  ...inGroup('Data', { labels: labelsOption }),
  ...judgingOptions,
  ...configOptions,
} as const satisfies Options;

export const crossval = {
  name: 'crossval',
  summary: 'train and test all patient folds, with one results table',
  usage: ['--dataset NAME --out DIR [options]'],
  about:
    'Cross-validates by patients: trains every fold, tests each patient once on its whole volume, ' +
    'and sums up in one table.',
  options,
  notes: [
    'Started again it goes on, with the options it was started with where no others are given: training from its ' +
      'checkpoint, finished folds are skipped (same volumes, labels, weights and options). Other training options ' +
      'need another folder; other options of judging judge the trained folds again. ' +
      'What is chosen goes by the validation patients of a fold, never by its test patients.',
    'Ctrl-C or SIGTERM in training saves and exits with 75. ' +
      'Exit code 1 when a fold or a case failed; the others are kept.',
  ],
  example: 'crossval --dataset phantom --out runs/phantom-cv --preset demo',
} as const satisfies CommandDefinition;
