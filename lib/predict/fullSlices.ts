/** Which slices of a scan are looked at: those that hold the organ, not its ends. */
import { sliceZ, type Volume } from '../volume/volume.ts';

/** Slices with less than this share of the largest area of the mask are its ends, which show other organs. */
const leastArea = 0.1;

/** Of slices by their area of foreground: those that hold more than its ends, at most so many, spread evenly. */
export function fullSlices(areas: readonly number[], most: number): number[] {
  const least = Math.max(1, leastArea * Math.max(0, ...areas));
  const full = areas.flatMap((area, z) => (area >= least ? [z] : []));
  return spreadEvenly(full.length > 0 ? full : areas.map((_, z) => z), most);
}

function areaOf(slice: Uint8Array): number {
  let area = 0;
  for (let i = 0; i < slice.length; i++) if (slice[i]! > 0) area++;
  return area;
}

/** The same of a mask (x, y, z): numbers of its slices along z, of all where it is empty. */
export function fullSlicesOf(mask: Volume<Uint8Array>, most: number): number[] {
  const areas = Array.from({ length: mask.shape[2] }, (_, z) => areaOf(sliceZ(mask, z)));
  return fullSlices(areas, most);
}

/** At most so many of some items, from the first on. */
export function spreadEvenly<T>(items: readonly T[], most: number): T[] {
  const count = Math.min(most, items.length);
  return Array.from({ length: count }, (_, i) => items[Math.floor((i * items.length) / count)]!);
}
