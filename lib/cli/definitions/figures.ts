import type { CommandDefinition, Options } from '../definition.ts';
import { weightsOption } from '../options/prediction.ts';

export const options = {
  slices: { value: 'DIR', text: 'the slices that it was trained on' },
  out: { value: 'DIR', output: 'folder', text: 'for PNG, SVG and JSON of each figure, and results.json' },
  weights: { ...weightsOption, default: 'best' },
  command: { value: 'TEXT', text: 'how the run was made, for results.json' },
  source: { value: 'TEXT', text: 'source and licence of the data, for results.json' },
} as const satisfies Options;

export const figures = {
  name: 'figures',
  summary: 'draw the curves, predictions and scores of a training run',
  usage: ['RUN --slices DIR --out DIR [options]'],
  about:
    'Draws the figures of a training run and writes its numbers: ' +
    'curves, predictions and scores on its unseen patients.',
  operands: [{ name: 'RUN', text: 'the folder that `axunet train` made' }],
  options,
  example: 'figures runs/nih --slices data/slices/nih-2d-default --out figures/recorded/nih-2d',
} as const satisfies CommandDefinition;
