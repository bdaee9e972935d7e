import type { CommandDefinition, Options } from '../definition.ts';
import { wholeNumberOption } from '../options/numbers.ts';

export const options = {
  size: { value: 'N', text: 'height and width in pixels', default: '128', parse: (text: string) => Number(text) },
  batch: {
    value: 'N',
    text: 'images',
    default: '1',
    parse: wholeNumberOption('--batch with a whole number above 0', 1),
  },
  set: {
    value: 'NAME=V',
    text: 'an option of training, such as width=16 or loss=ce; may be repeated',
    multiple: true,
  },
  kernels: {
    value: 'K',
    text: "of the uncompiled step: our own, or TensorFlow's alone",
    choices: ['ours', 'tensorflow'],
    default: 'ours',
  },
  json: { text: 'one line of JSON' },
} as const satisfies Options;

export const checkStep = {
  name: 'check-step',
  summary: 'compare the compiled training step with the uncompiled one',
  usage: ['[options]'],
  about:
    'Compiles the training step of a network and compares its loss and all gradients with those of the step that ' +
    'runs operation by operation, on made-up images. Training does the same before a graph is used for the first time.',
  options,
  notes: [
    'Exit code 1 where the cosine between the gradients is below 1 − 1e-6 ' +
      "(with TensorFlow's kernels 1 − 1e-4, in bfloat16 0.9).",
  ],
  example: 'check-step --size 256 --set width=32',
} as const satisfies CommandDefinition;
