import type { CommandDefinition, Options } from '../definition.ts';

export const options = {
  'allow-failed': { text: 'leave out cases that failed, naming them, instead of refusing; the exit code is then 1' },
} as const satisfies Options;

export const merge = {
  name: 'merge',
  summary: 'put the results of shards together',
  usage: ['DIR... [options]'],
  about:
    'Puts together what tasks with --shard made in a folder: of `axunet preprocess` manifest.json, of predict ' +
    'predictions.csv, of evaluate the reports, of radiomics features.csv; the same as one task on all cases writes.',
  operands: [{ name: 'DIR', text: 'the --out of the shards' }],
  options,
  notes: [
    'Exit code 1, and nothing written, where a shard is missing or failed, a case failed, a file is gone or changed, ' +
      'or shards were made with different options; each is named. Shards that were made on disks of their own are ' +
      'copied into one folder first: no two write the same file. `axunet crossval --summary` sums up folds.',
  ],
  example: 'merge work/masks work/features',
} as const satisfies CommandDefinition;
