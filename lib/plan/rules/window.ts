/** The CT numbers that the network tells apart. */
import type { WindowHu } from '../../preprocess/window.ts';
import type { Reasoned } from '../choice.ts';
import type { Fingerprint } from '../fingerprint.ts';

/** Ends are rounded to this many HU, outwards. */
const stepHu = 10;
/** What lies around the organ must still be told apart from it: fat, at about −100 HU, and bright vessels. */
const roomHu = 60;
/** No window gets narrower: noise would fill it. */
const leastWidthHu = 200;
/** Of what no window of HU needs more: air below, bone above. */
const endsHu: WindowHu = [-250, 400];

/** The ends, where the organ lies between them: numbers that are no HU (HU + 1024) have ends of their own. */
const endsFor = (organ: number): WindowHu => (organ > endsHu[0] && organ < endsHu[1] ? endsHu : [-Infinity, Infinity]);

/**
 * The 0.5th to the 99.5th percentile of the organ's CT numbers, the range to which nnU-Net clips CT, with room on both
 * sides: nnU-Net then divides by a standard deviation and keeps some contrast beyond, while our window ends in flat
 * black and white. Undefined for pictures, which have no HU.
 */
export function chooseWindow({
  organHu,
  caseHu,
}: Pick<Fingerprint, 'organHu' | 'caseHu'>): Reasoned<WindowHu | undefined> {
  if (!organHu || !caseHu)
    return { value: undefined, shown: 'grey/255', reason: 'Pictures have grey values, no HU: 0 to 255 become 0 to 1.' };
  const { p005, p50, p995 } = organHu;
  const [low, high] = [p005 - roomHu, p995 + roomHu];
  const missing = Math.max(0, leastWidthHu - (high - low)) / 2;
  const ends = endsFor(p50);
  const { min, max } = caseHu;
  const medians = min === max ? `median ${min}` : `medians of cases ${min} to ${max}`;
  const wanted: WindowHu = [
    stepHu * Math.floor((low - missing) / stepHu),
    stepHu * Math.ceil((high + missing) / stepHu),
  ];
  const window: WindowHu = [Math.max(wanted[0], ends[0]), Math.min(wanted[1], ends[1])];
  const sentences = [
    `99 % of the organ's voxels lie between ${p005} and ${p995} HU (${medians}); ${roomHu} HU more on both sides ` +
      'keep fat and vessels apart from it.',
    ...(missing > 0 ? [`Made ${leastWidthHu} HU wide, for noise not to fill it.`] : []),
    ...(window.join() === wanted.join() ? [] : [`Cut at ${endsHu.join(' or ')} HU, where air and bone begin.`]),
    ...(ends === endsHu ? [] : ['No organ has such HU: the numbers may be stored without their offset.']),
  ];
  return { value: window, shown: `${window[0]} to ${window[1]} HU`, reason: sentences.join(' ') };
}
