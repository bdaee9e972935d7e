/** Options that `axunet predict` and `axunet crossval` share: what is made of a network's probabilities. */
import { expected } from '../errors.ts';
import { type MirrorAxis, parseMirror } from '../predict/mirror.ts';
import { type Postprocessing, parsePostprocessing } from '../predict/postprocess.ts';
import type { CheckpointSlot } from '../train/checkpoint.ts';

export const evaluationHelp = `  --weights W     best (highest validation Dice, the default) or last
  --mirror AXES   also sees the images flipped along x (left-right), y (front-back), z (neighbouring slices) and averages, as in
                  --mirror x,y; 2, 4 or 8 times slower, and of use only where training flipped too
  --threshold P   the probability from which a voxel is pancreas (default 0.5), or chosen
  --postprocess S what is done to each mask: none; largest (component) or 0.1ml (components of at least that), with or without
                  ,fill (holes); or chosen`;

export function weightsOf(text = 'best'): CheckpointSlot {
  if (text === 'best' || text === 'last') return text;
  throw expected('--weights best or last', `"${text}"`);
}

export function thresholdOf(text = '0.5'): number | 'chosen' {
  if (text === 'chosen') return text;
  const threshold = Number(text);
  if (threshold > 0 && threshold <= 1) return threshold;
  throw expected('--threshold above 0 and at most 1', `"${text}"`);
}

export const mirrorOf = (text: string | undefined): MirrorAxis[] => (text === undefined ? [] : parseMirror(text));

export const postprocessingOf = (text: string | undefined): Postprocessing | 'chosen' | undefined =>
  text === undefined || text === 'chosen' ? text : parsePostprocessing(text);
