/** The part of a slice that the network sees: the organ of all patients, with room for one that was not seen. */
import type { Sides } from '../caseFingerprint.ts';
import { unionOf } from '../caseFingerprint.ts';
import { clamp, type Reasoned, shortNumber } from '../choice.ts';
import type { Fingerprint } from '../fingerprint.ts';

/** Least and most room in mm (or px); one patient who lies quite elsewhere must not make the window useless. */
const [leastRoom, mostRoom] = [8, 25];

/** How far `one` reaches beyond `others` on its worst side; 0 where it does not. */
const beyond = (one: Sides, others: Sides): number =>
  Math.max(0, others[0] - one[0], others[1] - one[1], one[2] - others[2], one[3] - others[3]);

/**
 * The furthest that any patient's organ lies beyond the window around all the others: what a new patient may need, seen
 * from those who are there. 0 for a single patient.
 */
export function furthestOutside(sides: readonly Sides[]): number {
  if (sides.length < 2) return 0;
  return Math.max(...sides.map((one, i) => beyond(one, sides.filter((_, j) => j !== i).reduce(unionOf))));
}

/** Height and width of the window around all organs with room on all sides. */
export function windowExtent(sides: readonly Sides[], margin: number): readonly [number, number] {
  const [top, left, bottom, right] = sides.reduce(unionOf);
  return [bottom - top + 2 * margin, right - left + 2 * margin];
}

/** The margin around the training masks: by leaving each patient out (our rule). */
export function chooseMargin({ sides, unit }: Pick<Fingerprint, 'sides' | 'unit'>): Reasoned<number> {
  const furthest = furthestOutside(sides);
  const margin = Math.ceil(clamp(furthest, leastRoom, mostRoom));
  const [height, width] = windowExtent(sides, margin).map((side) => Math.round(side));
  const found =
    sides.length < 2
      ? 'With one patient nothing tells where the next one lies'
      : `Left out in turn, no patient's organ lies more than ${shortNumber(furthest)} ${unit} beyond the others'`;
  return {
    value: margin,
    shown: `organs + ${margin} ${unit} (${height} × ${width} ${unit})`,
    reason: `${found}; room is kept between ${leastRoom} and ${mostRoom} ${unit}.`,
  };
}
