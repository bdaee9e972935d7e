/** Into how many folds the patients are dealt. */
import { clamp, counted, type Reasoned } from '../choice.ts';
import type { Fingerprint } from '../fingerprint.ts';

/** The mean score of fewer patients says little. */
const fewestInFold = 4;
/** As nnU-Net deals every set. */
const mostFolds = 5;

/** As many folds as leave four patients to each, two to five; undefined where two patients are not there. */
export function chooseFolds({ patients }: Pick<Fingerprint, 'patients'>): Reasoned<number | undefined> {
  if (patients < 2)
    return { value: undefined, shown: 'none', reason: 'One patient cannot be both trained and validated on.' };
  const folds = clamp(Math.floor(patients / fewestInFold), 2, mostFolds);
  const each = Math.floor(patients / folds);
  const atATime = patients % folds === 0 ? `${each}` : `${each} or ${each + 1}`;
  const reason = `${counted(patients, 'patient')}: each is validated on once, ${atATime} at a time.`;
  return { value: folds, shown: `${folds}`, reason };
}
