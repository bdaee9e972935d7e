import type { CommandDefinition, Options } from '../definition.ts';

export const options = {
  json: { text: 'every task as JSON' },
} as const satisfies Options;

export const status = {
  name: 'status',
  summary: 'say what is done, failed, missing and running of tasks that share a folder',
  usage: ['DIR [--json]'],
  about:
    'Says of every task in a folder, and two levels below it, whether it is done, failed, missing or running: shards ' +
    'and whether they are merged, training runs, folds of a cross-validation.',
  operands: [
    {
      name: 'DIR',
      text:
        'a folder of shards, runs or both; expected.json in it may name all that there will be: ' +
        '{"shards": {"masks": 8}, "runs": ["runs/fold-0"]}',
    },
  ],
  options,
  notes: [
    'Running is what a living process holds. Processes of other machines are known by the note that they renew every ' +
      '5 s, which is watched for up to 30 s. Missing is what nobody began or what was stopped in good order. ' +
      'Exit code 0 when all is done, else 1.',
  ],
  example: 'status work/',
} as const satisfies CommandDefinition;
