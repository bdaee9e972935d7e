/** What the networks of `data/weights` saw: the pictures of their training in numbers, in HU by the recorded window. */
import { lookOf, type SliceLook } from 'axunet/predict/look';
import { decimals, extremesOf } from 'axunet/predict/ranges';
import type { SeenPictures } from 'axunet/predict/seenPictures';
import type { SliceSet } from 'axunet/preprocess/sliceSet';
import type { GreyScaleRecord } from './greyScale.ts';

/** Enough digits for a share. */
const rounding = decimals(3);

/** One picture in numbers, in HU of the recorded window. */
export interface SeenPicture {
  readonly patient: string;
  readonly size: readonly [height: number, width: number];
  readonly look: SliceLook | undefined;
  /** Pixels of the mask, and the sum of their HU. */
  readonly organ: { readonly n: number; readonly sum: number };
}

/** Grey values 0 to 1 as HU. */
export const huOf =
  ({ blackHu, whiteHu }: GreyScaleRecord['window']) =>
  (grey: Float32Array): Float32Array =>
    grey.map((v) => blackHu + v * (whiteHu - blackHu));

/** Each picture of a set in numbers. */
export function picturesIn(slices: SliceSet, window: GreyScaleRecord['window']): SeenPicture[] {
  return slices.entries.map(({ patient, height, width }, i) => {
    const hu = huOf(window)(slices.read(i).image).subarray(0, height * width);
    const label = slices.readLabel(i);
    const inside = hu.filter((_, p) => label[p]! > 0);
    const organ = { n: inside.length, sum: inside.reduce((a, b) => a + b, 0) };
    return { patient, size: [height, width], look: lookOf(hu, height, width), organ };
  });
}

/** Mean HU in the masks of each patient, all its slices together. */
function organHuOf(pictures: readonly SeenPicture[]): number[] {
  const byPatient = new Map<string, { n: number; sum: number }>();
  for (const { patient, organ } of pictures) {
    const { n, sum } = byPatient.get(patient) ?? { n: 0, sum: 0 };
    byPatient.set(patient, { n: n + organ.n, sum: sum + organ.sum });
  }
  return [...byPatient.values()].filter(({ n }) => n > 0).map(({ n, sum }) => sum / n);
}

/** The ranges of some pictures. */
export function rangesOf(
  pictures: readonly SeenPicture[],
  { window: { blackHu, whiteHu }, pixelMm, sliceMm }: Pick<GreyScaleRecord, 'window' | 'pixelMm' | 'sliceMm'>,
): SeenPictures {
  const looks = pictures.flatMap(({ look }) => look ?? []);
  const range = (name: keyof SliceLook) =>
    extremesOf(
      looks.map((look) => look[name]),
      rounding,
    );
  return {
    pictures: pictures.length,
    patients: new Set(pictures.map(({ patient }) => patient)).size,
    windowHu: [blackHu, whiteHu],
    size: [...pictures[0]!.size],
    pixelMm,
    sliceMm,
    organHu: extremesOf(organHuOf(pictures), rounding),
    look: {
      softHu: range('softHu'),
      brightShare: range('brightShare'),
      noiseHu: range('noiseHu'),
      bodyRows: range('bodyRows'),
      bodyColumns: range('bodyColumns'),
    },
  };
}

/** The numbers of all slices of a set of pictures. */
export const seenIn = (
  slices: SliceSet,
  scale: Pick<GreyScaleRecord, 'window' | 'pixelMm' | 'sliceMm'>,
): SeenPictures => rangesOf(picturesIn(slices, scale.window), scale);
