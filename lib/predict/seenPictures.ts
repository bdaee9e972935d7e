/**
 * What a network saw that was trained on pictures of CT slices: which HU their grey values stand for, how large their
 * pixels were, and how they look. It makes volumes into what the network knows, and tells which are of another kind.
 */
import { aboveZero, atLeastOne, object, realNumber, type Shape, tuple } from '../io/schema.ts';
import type { Grid } from '../preprocess/grid.ts';
import { spreadSchema } from './ranges.ts';

/** The pictures that a network was trained on, in numbers. */
export type SeenPictures = Shape<typeof seenPicturesSchema>;
export const seenPicturesSchema = object({
  pictures: atLeastOne,
  patients: atLeastOne,
  /** HU of grey 0 and of grey 255. */
  windowHu: tuple([realNumber, realNumber]),
  /** Height and width in pixels. */
  size: tuple([atLeastOne, atLeastOne]),
  /** Size of a pixel, of as many patients as it is known of. */
  pixelMm: object({ patients: atLeastOne, least: aboveZero, middle: aboveZero, most: aboveZero }),
  /** Distance of the slices, of the same patients. */
  sliceMm: object({ patients: atLeastOne, least: aboveZero, middle: aboveZero, most: aboveZero }),
  /** Mean HU in the masks, by patient; what is darker than black counts as black. */
  organHu: spreadSchema,
  /** What `lookOf` says of the pictures. */
  look: object({
    softHu: spreadSchema,
    brightShare: spreadSchema,
    noiseHu: spreadSchema,
    bodyRows: spreadSchema,
    bodyColumns: spreadSchema,
  }),
});

/** Slices of a volume: (y, x). */
export interface Slices {
  readonly size: readonly [number, number];
  readonly spacingMm: readonly [number, number];
}

/** Pixels up to so much outside the range that was seen are still taken for pixels of such pictures. */
const pixelRoom = 1.1;

/** Whether slices of so many pixels of so many mm are as the pictures were: whole slices of a scanner. */
export function isLikePictures({ size, pixelMm }: SeenPictures, slices: Slices): boolean {
  const mm = slices.spacingMm[0];
  const isOfSize = slices.size.every((n, axis) => n === size[axis]);
  return isOfSize && mm >= pixelMm.least / pixelRoom && mm <= pixelMm.most * pixelRoom;
}

/**
 * The window of a network of pictures on slices of a volume. In pixels where they are as its pictures were, since a
 * scanner fits its field of view to the body; elsewhere in mm, a pixel being that of the middle patient.
 */
export function gridOn(grid: Grid, seen: SeenPictures | undefined, slices: Slices): Grid {
  if (!seen || grid.unit === 'mm' || isLikePictures(seen, slices)) return grid;
  const inMm = ([y, x]: readonly [number, number]): [number, number] => [
    y * seen.pixelMm.middle,
    x * seen.pixelMm.middle,
  ];
  return { ...grid, unit: 'mm', centre: inMm(grid.centre), extent: inMm(grid.extent) };
}
