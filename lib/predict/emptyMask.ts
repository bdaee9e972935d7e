/** Why a mask is empty, in one phrase. */
import type { LabelClass } from '../dataset/caseList.ts';
import type { Sizes } from './record.ts';

/** How each such phrase begins; all of it where nothing more is known. */
export const emptyMask = 'the mask is empty';

/** The largest of the probabilities of any foreground, those of the classes added up; 0 of none. */
function highestOf([first = new Float32Array(), ...others]: readonly Float32Array[]): number {
  let most = 0;
  for (let i = 0; i < first.length; i++) {
    let sum = first[i]!;
    for (const map of others) sum += map[i]!;
    if (sum > most) most = sum;
  }
  return most;
}

/** Of two digits, or as many as it takes not to seem to reach the threshold that it is below. */
function shortBelow(value: number, threshold: number): number {
  for (let digits = 2; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (short < threshold || value >= threshold) return short;
  }
  return value;
}

/**
 * That a mask is empty, and why, from the probabilities of the foreground classes that it was made from; nothing of a
 * mask with foreground.
 */
export function emptyWarning(
  { voxels, beforePostprocessing }: Sizes,
  probabilities: readonly Float32Array[],
  threshold = 0.5,
  classes: readonly LabelClass[] = [],
): string[] {
  if (voxels > 0) return [];
  const removed = beforePostprocessing?.voxels ?? 0;
  if (removed > 0) return [`${emptyMask}: post-processing took away all of its ${removed} voxels`];
  const highest = highestOf(probabilities);
  if (classes.length > 1)
    return [`${emptyMask}: background is likeliest everywhere, the highest probability is ${shortBelow(highest, 1)}`];
  const most = shortBelow(highest, threshold);
  return [`${emptyMask}: the highest probability is ${most}, the threshold ${threshold}`];
}
