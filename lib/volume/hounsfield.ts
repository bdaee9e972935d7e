/** Do values look like the CT numbers (HU) of a body? */
import type { VoxelArray } from './volume.ts';

/** What a CT in HU looks like: air or at least fat below, metal at most above, and soft tissue between. */
const plausible = { lowest: -5000, highest: 20000, darkestAtMost: -50, brightestAtLeast: 50 };
const softTissueHu = [-200, 250] as const;
/** Share of the voxels that a body, even a small one in much air, has at least as soft tissue. */
const leastSoftTissue = 0.01;
/** Only bone and metal are denser; where more than a tenth is, the numbers are shifted. */
const dense = { aboveHu: 800, mostShare: 0.1 };
/** Values of 0 to 1, of -1 to 1 or in standard deviations span no more than this. */
const normalisedRange = 20;
/** So many voxels, spread evenly, tell a shifted scale from a right one. */
const sampleSize = 2 ** 20;

/** What is seen of the values, NaN and infinities left out; `low` is above `high` where none is left. */
interface Seen {
  readonly low: number;
  readonly high: number;
  readonly softShare: number;
  readonly denseShare: number;
}

function look(data: VoxelArray, step: number): Seen {
  let [low, high, soft, denser, count] = [Infinity, -Infinity, 0, 0, 0];
  for (let i = 0; i < data.length; i += step) {
    const value = data[i]!;
    if (value - value !== 0) continue;
    count++;
    if (value < low) low = value;
    if (value > high) high = value;
    if (value >= softTissueHu[0] && value <= softTissueHu[1]) soft++;
    if (value > dense.aboveHu) denser++;
  }
  return { low, high, softShare: soft / count, denseShare: denser / count };
}

function doubtsOf({ low, high, softShare, denseShare }: Seen): string[] {
  if (low > high) return [];
  const { lowest, highest, darkestAtMost, brightestAtLeast } = plausible;
  const found = `found ${low} to ${high}`;
  const percent = (share: number): string => `${Math.round(100 * share)} %`;
  if (low === high) return [`every voxel is ${low}`];
  const doubts: string[] = [];
  if (high - low <= normalisedRange) doubts.push(`expected HU, ${found}, as in an image that was normalised`);
  else if (low >= 0 && high <= 255)
    doubts.push(`expected HU with air or fat (below ${darkestAtMost}), ${found}, as in a picture of 8 bits`);
  else if (low > darkestAtMost)
    doubts.push(`expected HU with air or fat (below ${darkestAtMost}), ${found}; was the rescale intercept lost?`);
  else if (high < brightestAtLeast) doubts.push(`expected HU with soft tissue (above ${brightestAtLeast}), ${found}`);
  else if (denseShare > dense.mostShare)
    doubts.push(
      `expected HU with little above ${dense.aboveHu}, found ${percent(denseShare)} of the voxels there; ` +
        'was the rescale intercept lost?',
    );
  else if (softShare < leastSoftTissue)
    doubts.push(`expected HU with soft tissue (${softTissueHu.join(' to ')}), ${found} and hardly a voxel of it`);
  if (low < lowest || high > highest) doubts.push(`${low} to ${high} is beyond what a CT measures`);
  return doubts;
}

/**
 * Why the values are probably not HU of a body, one phrase each; none for plausible ones and for no finite value at
 * all. Of a large volume a part of the voxels is looked at first, and all of them where that part looks wrong.
 */
export function hounsfieldDoubts(data: VoxelArray): string[] {
  const step = Math.max(1, Math.floor(data.length / sampleSize));
  // An odd step does not walk along one column of the image.
  const doubts = doubtsOf(look(data, step + (step > 1 ? 1 - (step % 2) : 0)));
  return step > 1 && doubts.length > 0 ? doubtsOf(look(data, 1)) : doubts;
}
