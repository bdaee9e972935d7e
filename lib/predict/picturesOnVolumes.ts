/** Networks of pictures on volumes in HU: through which window, and on which grid, they see them. */
import type { WindowHu } from '../preprocess/window.ts';
import type { Volume } from '../volume/volume.ts';
import { describeUnlike, type Likeness, likenessOf } from './likeness.ts';
import { gridOn, type Slices } from './seenPictures.ts';
import type { Member } from './volume.ts';

/** The members as they see a volume in HU: those of pictures through the window, and on its pixels or in mm. */
export const onVolume = (members: readonly Member[], slices: Slices, windowHu?: WindowHu): Member[] =>
  members.map((one) =>
    one.isOfPictures ? { ...one, windowHu: windowHu!, grid: gridOn(one.grid, one.seen, slices) } : one,
  );

/**
 * The HU that are black and white for networks of pictures: what is said, or what they know of themselves where all of
 * them know the same.
 */
export function windowFor(
  predictors: readonly Pick<Member, 'isOfPictures' | 'seen'>[],
  hasVolumes: boolean,
  windowHu?: WindowHu,
): WindowHu | undefined {
  const known = predictors.filter(({ isOfPictures }) => isOfPictures).map(({ seen }) => seen?.windowHu);
  if (windowHu || !hasVolumes || known.length === 0) return windowHu;
  return known.every((each) => each?.join() === known[0]?.join()) ? known[0] : undefined;
}

/** How a volume looks beside the pictures that a network was trained on, and what sets it apart. */
export interface Beside {
  readonly likeness: Likeness;
  readonly unlike: readonly string[];
}

/** The same for networks of which one knows its pictures; `canonical` gives image and mask. */
export function likenessOn(
  members: readonly Pick<Member, 'seen'>[],
  canonical: () => readonly [image: Volume, mask: Volume<Uint8Array>],
): Beside | undefined {
  const seen = members.find((one) => one.seen)?.seen;
  if (!seen) return undefined;
  const likeness = likenessOf(...canonical(), seen);
  return { likeness, unlike: describeUnlike(likeness, seen) };
}
