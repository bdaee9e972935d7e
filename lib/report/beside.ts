/** A scan beside the pictures that a network was trained on, as a table to read. */
import type { Likeness } from '../predict/likeness.ts';
import type { Extremes } from '../predict/ranges.ts';
import type { SeenPictures } from '../predict/seenPictures.ts';

const none = '–';
const digits = (places: number) => (value: number) => value.toFixed(places);
const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;
const of = (range: Extremes, shown: (value: number) => string): string =>
  `${shown(range.least)} / ${shown(range.middle)} / ${shown(range.most)}`;

type Row = readonly [what: string, value: number | null | undefined, range: Extremes, shown: (value: number) => string];

/** What is compared, of the scan and of the training; the first row is the heading. */
export function besideRows({ likeness, seen }: { likeness: Likeness; seen: SeenPictures }): string[][] {
  const { look, organHu, spacingMm, isNoiseComparable } = likeness;
  const { look: ranges } = seen;
  const rows: Row[] = [
    ['soft tissue, middle (HU)', look?.softHu, ranges.softHu, digits(0)],
    ['soft tissue of 80 HU or more', look?.brightShare, ranges.brightShare, percent],
    ['noise (HU)', isNoiseComparable ? look?.noiseHu : null, ranges.noiseHu, digits(0)],
    ['body, front to back (pixels of the pictures)', look?.bodyRows, ranges.bodyRows, digits(0)],
    ['body, side to side (pixels of the pictures)', look?.bodyColumns, ranges.bodyColumns, digits(0)],
    ['inside of the mask, mean (HU)', organHu, seen.organHu, digits(0)],
    ['pixel (mm)', spacingMm?.[0], seen.pixelMm, digits(2)],
    ['between slices (mm)', spacingMm?.[1], seen.sliceMm, digits(2)],
  ];
  return [
    ['', 'this scan', 'training: least / middle / most'],
    ...rows.map(([what, value, range, shown]) => [what, value == null ? none : shown(value), of(range, shown)]),
    ['slices that lie inside of all of it', `${likeness.alike} of ${likeness.slices} looked at`, none],
  ];
}

/** What the table is made from, in a sentence or two. */
export const besideText = ({ pictures, patients, pixelMm, windowHu }: SeenPictures): string =>
  `The training data: ${pictures} pictures of ${patients} people, one slice each, of which the network sees no ` +
  `neighbours. ${windowHu.join(' to ')} HU were black to white in them: fat and air look alike. The size of their ` +
  `pixels is known of ${pixelMm.patients} people. A scan that lies inside of every range may still be of another kind.`;
