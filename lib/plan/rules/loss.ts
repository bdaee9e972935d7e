/** The loss for how rare the foreground is. */
import type { LossName } from '../../loss/losses.ts';
import { percent, type Reasoned } from '../choice.ts';
import type { Fingerprint } from '../fingerprint.ts';

/**
 * Cross-entropy with Dice, whose gradient does not fade with the share of the foreground; nnU-Net takes the same pair
 * for every data set. Several classes get focal loss with generalised Dice, which weighs a class by its rarity: with
 * the plain pair a class that is absent from most batches is never predicted (docs/how-to/tumour-apart.md).
 */
export function chooseLoss(
  { foregroundShare, kind }: Pick<Fingerprint, 'foregroundShare' | 'kind'>,
  classes: number,
): Reasoned<LossName> {
  const dots = kind === '2d' ? 'pixels' : 'voxels';
  const share = `${percent(foregroundShare.median)} of the ${dots} of the middle case are foreground`;
  if (classes > 1) {
    const reason = `${share}, and ${classes} classes share them: this loss weighs a class by its rarity.`;
    return { value: 'focal-gdl', shown: 'focal-gdl', reason };
  }
  const reason = `${share}: the Dice part does not count the background, cross-entropy keeps single pixels steady.`;
  return { value: 'ce-dice', shown: 'ce-dice', reason };
}
