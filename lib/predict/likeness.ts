/**
 * Whether a scan looks like the pictures that a network was trained on: the slices in which it found something, seen
 * as those pictures were, beside the range of all of them. What lies outside of a range is said, one phrase each. A
 * scan that lies inside of all is not known to be of the kind: these are a few numbers.
 */
import { sliceZ, type Volume } from '../volume/volume.ts';
import { fullSlicesOf } from './fullSlices.ts';
import { fatRangeHu, lookOf, middleOf, peakHu, type SliceLook } from './look.ts';
import {
  contrastDoubt,
  type Extremes,
  inHu,
  inMm,
  inPercent,
  inTraining,
  isInside,
  type Judged,
  ofTheKind,
  unlike,
  unlikePhrases,
} from './ranges.ts';
import { isLikePictures, type SeenPictures, type Slices } from './seenPictures.ts';

/** The numbers of a scan. */
export interface Likeness {
  /** Slices that were looked at, and those of them that lie inside of every range. */
  readonly slices: number;
  readonly alike: number;
  /** The middle of these slices, in pixels as the pictures had them; null where none shows soft tissue. */
  readonly look: SliceLook | null;
  /** Noise was measured on other pixels than the pictures had, and says nothing. */
  readonly isNoiseComparable: boolean;
  /** Where fat has its peak, which is between −120 and −80 in HU; null where there is too little. */
  readonly fatHu: number | null;
  /** Mean HU of the mask, what is outside of the window being cut; null of an empty one. */
  readonly organHu: number | null;
  /** Size of the pixels, and distance of the slices; null of a picture. */
  readonly spacingMm: readonly [pixel: number, slice: number] | null;
}

/** So many slices, spread evenly, are enough. */
const mostSlices = 32;

const names = ['softHu', 'brightShare', 'noiseHu', 'bodyRows', 'bodyColumns'] as const satisfies (keyof SliceLook)[];

const isAlike = (look: SliceLook, { look: ranges }: SeenPictures, isNoiseComparable: boolean): boolean =>
  names.every((name) => (name === 'noiseHu' && !isNoiseComparable) || isInside(look[name], ranges[name]));

/** Values as pictures hold them: cut at the ends of the window. */
const throughWindow = (values: ArrayLike<number>, [black, white]: readonly [number, number]): Float32Array =>
  Float32Array.from(values, (value) => Math.min(white, Math.max(black, value)));

const middleLook = (looks: readonly SliceLook[]): SliceLook =>
  Object.fromEntries(names.map((name) => [name, middleOf(looks.map((one) => one[name]))])) as unknown as SliceLook;

/** How a canonical volume in HU, with the mask that was found in it, looks beside the pictures. */
export function likenessOf(image: Volume, mask: Volume<Uint8Array>, seen: SeenPictures): Likeness {
  const [width, height] = image.shape;
  const [dx, dy, dz] = image.spacingMm;
  const slices: Slices = { size: [height, width], spacingMm: [dy, dx] };
  const isNoiseComparable = isLikePictures(seen, slices);
  const scale = isNoiseComparable ? [1, 1] : [dy / seen.pixelMm.middle, dx / seen.pixelMm.middle];
  const judged = fullSlicesOf(mask, mostSlices);
  const looks = judged.flatMap((z) => {
    const look = lookOf(throughWindow(sliceZ(image, z), seen.windowHu), height, width);
    return look ? [{ ...look, bodyRows: look.bodyRows * scale[0]!, bodyColumns: look.bodyColumns * scale[1]! }] : [];
  });
  const fatHu = peakHu(sampleOf(image.data), ...fatRangeHu);
  return {
    slices: judged.length,
    alike: looks.filter((look) => isAlike(look, seen, isNoiseComparable)).length,
    look: looks.length > 0 ? middleLook(looks) : null,
    isNoiseComparable,
    fatHu: fatHu ?? null,
    organHu: meanInside(image.data, mask.data, seen.windowHu),
    spacingMm: [dx, dz],
  };
}

/** The same of a grey picture (0 to 255). */
export function likenessOfPicture(
  { data, width, height }: { readonly data: Uint8Array; readonly width: number; readonly height: number },
  mask: Uint8Array,
  seen: SeenPictures,
): Likeness {
  const [black, white] = seen.windowHu;
  const hu = Float32Array.from(data, (grey) => black + (grey / 255) * (white - black));
  const isNoiseComparable = height === seen.size[0] && width === seen.size[1];
  const look = lookOf(hu, height, width);
  const scale = [seen.size[0] / height, seen.size[1] / width];
  const seenAs = look && { ...look, bodyRows: look.bodyRows * scale[0]!, bodyColumns: look.bodyColumns * scale[1]! };
  return {
    slices: 1,
    alike: Number(seenAs !== undefined && isAlike(seenAs, seen, isNoiseComparable)),
    look: seenAs ?? null,
    isNoiseComparable,
    fatHu: null,
    organHu: meanInside(hu, mask, seen.windowHu),
    spacingMm: null,
  };
}

/** So many values tell a peak. */
const sampleSize = 2 ** 20;

function sampleOf(data: ArrayLike<number>): ArrayLike<number> {
  const step = Math.ceil(data.length / sampleSize);
  const odd = step + (step > 1 ? 1 - (step % 2) : 0); // not along one column
  return odd === 1 ? data : Float32Array.from({ length: Math.floor(data.length / odd) }, (_, i) => data[i * odd]!);
}

function meanInside(
  data: ArrayLike<number>,
  mask: Uint8Array,
  [black, white]: readonly [number, number],
): number | null {
  let [n, sum] = [0, 0];
  for (let i = mask.findIndex((v) => v > 0); i >= 0 && i < mask.length; i++) {
    if (!mask[i]) continue;
    n++;
    sum += Math.min(white, Math.max(black, data[i]!));
  }
  return n > 0 ? sum / n : null;
}

/** Fat is looked for with some room around −120 to −80 HU: scanners and their voltages differ. */
const plausibleFatHu: Extremes = { least: -135, middle: -100, most: -70 };
/** What is compared with which range, and the phrase for a value outside of it. */
function judgedOf({ look, isNoiseComparable, fatHu, organHu, spacingMm }: Likeness, seen: SeenPictures): Judged[] {
  const { softHu, brightShare, noiseHu, bodyRows, bodyColumns } = seen.look;
  const pixels = (value: number): string => `${Math.round(value)}`;
  return [
    {
      value: fatHu,
      range: plausibleFatHu,
      tell: (v) => `fat is most often at ${inHu(v)}, not near -100 HU: no CT in HU?`,
    },
    {
      value: look?.softHu,
      range: softHu,
      tell: (v) => `soft tissue has ${inHu(v)} in the middle, ${inTraining(softHu, inHu)}`,
    },
    {
      value: look?.brightShare,
      range: brightShare,
      tell: (v) =>
        `${inPercent(v)} of the soft tissue has 80 HU or more, ${inTraining(brightShare, inPercent)}: ${contrastDoubt}`,
    },
    {
      value: isNoiseComparable ? look?.noiseHu : undefined,
      range: noiseHu,
      tell: (v) => `noise of ${inHu(v)}, ${inTraining(noiseHu, inHu)}`,
    },
    {
      value: look?.bodyRows,
      range: bodyRows,
      tell: (v) => `the body is ${pixels(v)} pixels deep, ${inTraining(bodyRows, pixels)}`,
    },
    {
      value: look?.bodyColumns,
      range: bodyColumns,
      tell: (v) => `the body is ${pixels(v)} pixels wide, ${inTraining(bodyColumns, pixels)}`,
    },
    {
      value: organHu,
      range: seen.organHu,
      tell: (v) => `the mask has ${inHu(v)} on average, ${inTraining(seen.organHu, inHu)}, patient by patient`,
    },
    {
      value: spacingMm?.[0],
      range: ofTheKind(seen.pixelMm),
      tell: (v) => `pixels of ${inMm(v)}, ${inTraining(seen.pixelMm, inMm)}`,
    },
    {
      value: spacingMm?.[1],
      range: ofTheKind(seen.sliceMm),
      tell: (v) => `slices ${inMm(v)} apart, ${inTraining(seen.sliceMm, inMm)}`,
    },
  ];
}

/** What sets a scan apart from the pictures of the training, one phrase each; none as a rule of scans of the kind. */
export function describeUnlike(likeness: Likeness, seen: SeenPictures): string[] {
  const phrases = unlikePhrases(judgedOf(likeness, seen));
  if (!likeness.look) phrases.push(unlike('hardly any soft tissue'));
  const { alike, slices } = likeness;
  if (alike < slices / 2 && slices > 1)
    phrases.push(unlike(`${alike} of ${slices} slices that were looked at are like its pictures`));
  return phrases;
}
