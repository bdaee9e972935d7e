/** Slices in a batch, and the share of empty ones in an epoch. */
import { clamp, counted, percent, type Reasoned } from '../choice.ts';
import type { Fingerprint } from '../fingerprint.ts';

/** An epoch of fewer steps says little about the data between two validations. */
const stepsInEpoch = 50;
const [leastBatch, mostBatch] = [4, 8];

/** So many slices that an epoch still has 50 steps, 4 to 8; batch norm needs several, and nnU-Net never takes one. */
export function chooseBatch(trainingSlices: number): Reasoned<number> {
  const value = clamp(Math.floor(trainingSlices / stepsInEpoch), leastBatch, mostBatch);
  const steps = Math.max(1, Math.floor(trainingSlices / value));
  const reason = `About ${Math.round(trainingSlices)} training slices an epoch: ${counted(steps, 'step')} of ${value}.`;
  return { value, shown: `${value}`, reason };
}

const mostEmpty = 0.2;

/**
 * Half the share that empty slices have in the data, at most a fifth: enough to learn where the organ ends, while
 * most steps are spent on it (our rule; nnU-Net oversamples patches with foreground for the same reason). Null where
 * the data have none.
 */
export function chooseEmptyShare({
  slices,
  slicesWithForeground,
}: Pick<Fingerprint, 'slices' | 'slicesWithForeground'>): Reasoned<number | null> {
  const share = 1 - slicesWithForeground / slices;
  if (share === 0) return { value: null, shown: 'none', reason: 'Every slice shows the organ.' };
  const value = Number(Math.min(mostEmpty, share / 2).toFixed(3));
  const rule = share / 2 > mostEmpty ? `${percent(mostEmpty)}, the most there may be,` : 'half that share';
  return {
    value,
    shown: percent(value),
    reason: `${percent(share)} of the slices do not show the organ; ${rule} of an epoch is drawn from them anew.`,
  };
}
