/** What the networks of `data/weights` saw: the pictures of their training in numbers, in HU by the recorded window. */
import { lookOf, type SliceLook } from 'axunet/predict/look';
import type { SeenPictures } from 'axunet/predict/seenPictures';
import type { SliceSet } from 'axunet/preprocess/sliceSet';
import { type GreyScaleRecord, spreadOf } from './greyScale.ts';

/** Enough digits for a share. */
const digits = 3;

/** Mean HU in the masks of each patient, all its slices together. */
function organHuOf(slices: SliceSet, toHu: (image: Float32Array) => Float32Array): number[] {
  const byPatient = new Map<string, { n: number; sum: number }>();
  slices.entries.forEach(({ patient }, i) => {
    const { n, sum } = byPatient.get(patient) ?? { n: 0, sum: 0 };
    const hu = toHu(slices.read(i).image);
    const label = slices.readLabel(i);
    const inside = hu.subarray(0, label.length).filter((_, p) => label[p]! > 0);
    byPatient.set(patient, { n: n + inside.length, sum: inside.reduce((a, b) => a + b, sum) });
  });
  return [...byPatient.values()].filter(({ n }) => n > 0).map(({ n, sum }) => sum / n);
}

/** The numbers of all slices of a set of pictures. */
export function seenIn(
  slices: SliceSet,
  { window: { blackHu, whiteHu }, pixelMm, sliceMm }: Pick<GreyScaleRecord, 'window' | 'pixelMm' | 'sliceMm'>,
): SeenPictures {
  const toHu = (image: Float32Array): Float32Array => image.map((v) => blackHu + v * (whiteHu - blackHu));
  const looks = slices.entries.flatMap(({ height, width }, i) => {
    const hu = toHu(slices.read(i).image).subarray(0, height * width);
    return lookOf(hu, height, width) ?? [];
  });
  const range = (name: keyof SliceLook) =>
    spreadOf(
      looks.map((look) => look[name]),
      digits,
    );
  const { height, width } = slices.entries[0]!;
  return {
    pictures: slices.entries.length,
    patients: new Set(slices.entries.map(({ patient }) => patient)).size,
    windowHu: [blackHu, whiteHu],
    size: [height, width],
    pixelMm,
    sliceMm,
    organHu: spreadOf(organHuOf(slices, toHu), digits),
    look: {
      softHu: range('softHu'),
      brightShare: range('brightShare'),
      noiseHu: range('noiseHu'),
      bodyRows: range('bodyRows'),
      bodyColumns: range('bodyColumns'),
    },
  };
}
