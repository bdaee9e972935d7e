/** Options that `axunet predict` and `axunet crossval` share: what is made of a network's probabilities. */
import { expected } from '../../errors.ts';
import { parseMirror } from '../../predict/mirror.ts';
import { type Postprocessing, parsePostprocessing } from '../../predict/postprocess.ts';
import type { OptionDefinition, Options } from '../definition.ts';

function parseThreshold(text: string): number | 'chosen' {
  if (text === 'chosen') return text;
  const threshold = Number(text);
  if (threshold > 0 && threshold <= 1) return threshold;
  throw expected('--threshold above 0 and at most 1', `"${text}"`);
}

const parseSteps = (text: string): Postprocessing | 'chosen' => (text === 'chosen' ? text : parsePostprocessing(text));

/** Which of a run's two checkpoints: `axunet figures` takes it too. */
export const weightsOption = {
  value: 'W',
  text: 'the weights of the highest validation Dice, or those of the last step',
  choices: ['best', 'last'],
  usually: 'best',
} as const satisfies OptionDefinition;

export const predictionOptions = {
  weights: weightsOption,
  mirror: {
    value: 'AXES',
    text:
      'also sees the images flipped along x (left-right), y (front-back), z (neighbouring slices) and averages, ' +
      'as in --mirror x,y; 2, 4 or 8 times slower, and of use only where training flipped too',
    parse: parseMirror,
  },
  threshold: {
    value: 'P',
    text:
      'the probability from which a voxel is pancreas, or chosen: ' +
      'what `axunet crossval` chose on validation patients',
    usually: '0.5',
    offers: async () => ['0.5', 'chosen'],
    parse: parseThreshold,
  },
  postprocess: {
    value: 'S',
    text:
      'what is done to each mask: none; largest (component) or 0.1ml (components of at least that), with or without ' +
      ',fill (holes); fill; or chosen, as with --threshold',
    usually: 'none',
    offers: async () => ['none', 'largest', '0.1ml', 'fill', 'largest,fill', '0.1ml,fill', 'chosen'],
    parse: parseSteps,
  },
  probability: {
    text:
      'also <name>_probability.nii.gz, 0 to 1 on the voxels of the source; of several classes ' +
      '<name>_probability_<class>.nii.gz; of pictures .png',
    alias: 'probabilities',
  },
} as const satisfies Options;
