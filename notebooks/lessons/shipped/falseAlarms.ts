/**
 * How often people of the same kind are said to be unlike the training: each patient of the training beside the ranges
 * of all others, as `axunet predict` and `report` look at a scan of its slices, and at each picture alone.
 */
import { natural, object, type Shape } from 'axunet/io/schema';
import { describeUnlike, likenessOf, likenessOfPicture } from 'axunet/predict/likeness';
import type { SeenPictures } from 'axunet/predict/seenPictures';
import type { SliceSet } from 'axunet/preprocess/sliceSet';
import type { Volume } from 'axunet/volume/volume';
import type { GreyScaleRecord } from './greyScale.ts';
import { huOf, picturesIn, rangesOf } from './seen.ts';

export type FalseAlarms = Shape<typeof falseAlarmsSchema>;
export const falseAlarmsSchema = object({
  patients: natural,
  /** Patients of whose slices, seen as one scan with the expert's mask, something was said. */
  patientsAlarmed: natural,
  pictures: natural,
  picturesAlarmed: natural,
});

/** The slices of a patient one on the other, and their masks. */
function stack(
  slices: SliceSet,
  indices: readonly number[],
  seen: SeenPictures,
  toHu: (v: Float32Array) => Float32Array,
) {
  const { height, width } = slices.entries[indices[0]!]!;
  const area = height * width;
  const [image, mask] = [new Float32Array(area * indices.length), new Uint8Array(area * indices.length)];
  indices.forEach((i, z) => {
    image.set(toHu(slices.read(i).image.subarray(0, area)), z * area);
    mask.set(
      Uint8Array.from(slices.readLabel(i), (v) => Number(v > 0)),
      z * area,
    );
  });
  const { middle } = seen.pixelMm;
  const sliceMm = seen.sliceMm.middle;
  const about = {
    shape: [width, height, indices.length],
    spacingMm: [middle, middle, sliceMm],
    affine: [middle, 0, 0, 0, 0, middle, 0, 0, 0, 0, sliceMm, 0, 0, 0, 0, 1],
  } as const;
  return { image: { ...about, data: image } as Volume, mask: { ...about, data: mask } as Volume<Uint8Array> };
}

/** Counts what is said of each patient beside all others. A set of one patient has no others: nothing is counted. */
export function falseAlarmsIn(
  slices: SliceSet,
  scale: Pick<GreyScaleRecord, 'window' | 'pixelMm' | 'sliceMm'>,
): FalseAlarms {
  const pictures = picturesIn(slices, scale.window);
  const patients = [...new Set(pictures.map(({ patient }) => patient))];
  if (patients.length < 2) return { patients: 0, patientsAlarmed: 0, pictures: 0, picturesAlarmed: 0 };
  const counts = patients.map((patient) => {
    const seen = rangesOf(
      pictures.filter((one) => one.patient !== patient),
      scale,
    );
    const own = pictures.flatMap((one, i) => (one.patient === patient ? [i] : []));
    const { image, mask } = stack(slices, own, seen, huOf(scale.window));
    const alarmed = own.filter((i) => {
      const { height, width } = slices.entries[i]!;
      const grey = Uint8Array.from(slices.read(i).image.subarray(0, height * width), (v) => Math.round(255 * v));
      const label = Uint8Array.from(slices.readLabel(i), (v) => Number(v > 0));
      return describeUnlike(likenessOfPicture({ data: grey, width, height }, label, seen), seen).length > 0;
    });
    return { isAlarmed: describeUnlike(likenessOf(image, mask, seen), seen).length > 0, pictures: alarmed.length };
  });
  return {
    patients: patients.length,
    patientsAlarmed: counts.filter(({ isAlarmed }) => isAlarmed).length,
    pictures: pictures.length,
    picturesAlarmed: counts.reduce((sum, one) => sum + one.pictures, 0),
  };
}

/** One sentence of it. */
export const describeFalseAlarms = ({ patients, patientsAlarmed, pictures, picturesAlarmed }: FalseAlarms): string =>
  `beside the ranges of all other people of the training, ${patientsAlarmed} of ${patients} are said to be unlike ` +
  `them by their slices together, and ${picturesAlarmed} of ${pictures} single slices`;
