/** Networks of pictures on volumes in HU: through which window, and on which grid, they see them. */
import type { WindowHu } from '../preprocess/window.ts';
import type { Volume } from '../volume/volume.ts';
import { describeUnlike, type Likeness, likenessOf } from './likeness.ts';
import { gridOn, type SeenPictures, type Slices } from './seenPictures.ts';
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

/** How an image looks beside the pictures that networks were trained on. */
export interface Beside {
  /** Beside the pictures that it is least like, and these. */
  readonly likeness: Likeness;
  readonly seen: SeenPictures;
  /** What sets it apart from the pictures of any of them, one phrase each. */
  readonly unlike: readonly string[];
}

/** The pictures that networks know, the same ones once. */
export const seenBy = (members: readonly Pick<Member, 'seen'>[]): SeenPictures[] => [
  ...new Map(members.flatMap(({ seen }) => (seen ? [[JSON.stringify(seen), seen] as const] : []))).values(),
];

/** An image beside the pictures of each network that knows them; undefined where none does. */
export function besidePictures(
  members: readonly Pick<Member, 'seen'>[],
  likenessTo: (seen: SeenPictures) => Likeness,
): Beside | undefined {
  const each = seenBy(members).map((seen): Beside => {
    const likeness = likenessTo(seen);
    return { likeness, seen, unlike: describeUnlike(likeness, seen) };
  });
  const [furthest] = each.toSorted((a, b) => b.unlike.length - a.unlike.length);
  return furthest && { ...furthest, unlike: [...new Set(each.flatMap(({ unlike }) => unlike))] };
}

/** The same of a volume; `canonical` gives image and mask, and is asked once where a network knows its pictures. */
export function likenessOn(
  members: readonly Pick<Member, 'seen'>[],
  canonical: () => readonly [image: Volume, mask: Volume<Uint8Array>],
): Beside | undefined {
  let pair: ReturnType<typeof canonical> | undefined;
  return besidePictures(members, (seen) => likenessOf(...(pair ??= canonical()), seen));
}
