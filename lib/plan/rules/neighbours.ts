/** How far the neighbouring slices lie that the network sees beside each slice. */
import { type Reasoned, shortNumber } from '../choice.ts';
import type { Fingerprint } from '../fingerprint.ts';

/** From this ratio of the thickest to the thinnest slices on, one network sees very different neighbours. */
const largeRatio = 3;

/**
 * Tells, and does not choose: slices hold z − 1, z and z + 1 (docs/differences.md), as in the paper, so their distance
 * is the spacing of the data.
 */
export function describeNeighbours({ kind, spacing }: Pick<Fingerprint, 'kind' | 'spacing'>): Reasoned<number | null> {
  if (kind === '2d')
    return { value: null, shown: 'none', reason: 'A picture has no neighbours: it stands on all three channels.' };
  const { median, min, max } = spacing[2];
  const range = min === max ? '' : `, from ${shortNumber(min)} to ${shortNumber(max)} mm`;
  const warning =
    max / min >= largeRatio ? ' That far apart, resampling the volumes to one slice distance first may pay.' : '';
  return {
    value: median,
    shown: `±${shortNumber(median)} mm`,
    reason: `Not a choice: slices come with those below and above, as far away as the data say${range}.${warning}`,
  };
}
