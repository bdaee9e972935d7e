/**
 * What a network saw that was trained on CT volumes, in a few numbers of each patient: soft tissue, contrast medium,
 * size of the body, HU of the organ, pixels and slices. They stand in the checkpoint, and tell scans of another kind.
 */
import { aboveZero, atLeastOne, object, optional, type Shape, tuple } from '../io/schema.ts';
import type { SliceSet } from '../preprocess/sliceSet.ts';
import { fullSlices, spreadEvenly } from './fullSlices.ts';
import { lookOf, middleOf } from './look.ts';
import { type Extremes, extremesOf, spreadSchema } from './ranges.ts';

const lengthsSchema = object({ least: aboveZero, middle: aboveZero, most: aboveZero });

/** The training scans in numbers, each spread over the patients. */
export type SeenScans = Shape<typeof seenScansSchema>;
export const seenScansSchema = object({
  /** So many patients and slices were measured. */
  patients: atLeastOne,
  slices: atLeastOne,
  softHu: spreadSchema,
  brightShare: spreadSchema,
  /** Rows and columns between which the soft tissue lies. */
  bodyMm: tuple([spreadSchema, spreadSchema]),
  organHu: spreadSchema,
  pixelMm: lengthsSchema,
  /** Absent where slices of an earlier version do not tell. */
  sliceMm: optional(lengthsSchema),
});

/** The same numbers of one scan: the middle of its slices. */
export interface ScanNumbers {
  readonly softHu: number;
  readonly brightShare: number;
  readonly bodyMm: readonly [rows: number, columns: number];
  /** Mean HU in the mask, through the window; null of an empty one. */
  readonly organHu: number | null;
  readonly pixelMm: number;
}

/** A slice (H, W) in HU as the network's window cuts them, and what is foreground in it. */
export interface ScanSlice {
  readonly hu: ArrayLike<number>;
  readonly mask: ArrayLike<number>;
  readonly height: number;
  readonly width: number;
  /** (y, x). */
  readonly spacingMm: readonly [number, number];
}

/** The numbers of some slices of a scan; undefined where none shows soft tissue. */
export function scanNumbers(slices: Iterable<ScanSlice>): ScanNumbers | undefined {
  const looks: Omit<ScanNumbers, 'organHu' | 'bodyMm'>[] = [];
  const [rows, columns]: [number[], number[]] = [[], []];
  let [n, sum] = [0, 0];
  for (const { hu, mask, height, width, spacingMm } of slices) {
    for (let i = 0; i < mask.length; i++) {
      if (!mask[i]) continue;
      n++;
      sum += hu[i]!;
    }
    const look = lookOf(hu, height, width);
    if (!look) continue;
    looks.push({ softHu: look.softHu, brightShare: look.brightShare, pixelMm: spacingMm[0] });
    rows.push(look.bodyRows * spacingMm[0]);
    columns.push(look.bodyColumns * spacingMm[1]);
  }
  if (looks.length === 0) return undefined;
  const middle = (name: keyof (typeof looks)[number]): number => middleOf(looks.map((look) => look[name]));
  return {
    softHu: middle('softHu'),
    brightShare: middle('brightShare'),
    bodyMm: [middleOf(rows), middleOf(columns)],
    organHu: n > 0 ? sum / n : null,
    pixelMm: middle('pixelMm'),
  };
}

/** Patients and slices of each that are measured at most: enough for a range, and read in seconds. */
const [mostPatients, mostSlices] = [64, 4];

/** The slices of a set as numbers `indices` name them, in HU. */
function* slicesInHu(set: SliceSet, indices: readonly number[], [low, high]: readonly [number, number]) {
  for (const i of indices) {
    const { height, width, spacingMm } = set.entries[i]!;
    const { image, label } = set.read(i);
    const plane = image.subarray(height * width, 2 * height * width); // the slice itself, between its neighbours
    yield { hu: plane.map((v) => low + v * (high - low)), mask: label, height, width, spacingMm };
  }
}

/** What was measured of a set, by the slices: folds and runs of one set describe the same patients again and again. */
const measured = new WeakMap<SliceSet, Map<string, ScanNumbers | undefined>>();

/** The numbers of some slices of a set, worked out once. */
function numbersOf(set: SliceSet, indices: readonly number[], windowHu: readonly [number, number]) {
  const known = measured.get(set) ?? new Map<string, ScanNumbers | undefined>();
  measured.set(set, known);
  const key = indices.join();
  if (!known.has(key)) known.set(key, scanNumbers(slicesInHu(set, indices, windowHu)));
  return known.get(key);
}

/**
 * The numbers of the training slices, of at most 64 patients and four slices of each; undefined of pictures, which have
 * no HU, and where no slice shows soft tissue. Throws what reading a damaged slice throws.
 */
export function seenScansIn(set: SliceSet, training: readonly number[]): SeenScans | undefined {
  const { windowHu, unit, cases } = set.manifest;
  if (unit !== 'mm' || !windowHu) return undefined;
  const byPatient = new Map<string, number[]>();
  for (const i of training) {
    const { patient } = set.entries[i]!;
    byPatient.set(patient, [...(byPatient.get(patient) ?? []), i]);
  }
  const all = spreadEvenly([...byPatient], mostPatients).flatMap(([patient, own]) => {
    const chosen = fullSlices(
      own.map((i) => set.entries[i]!.foreground),
      mostSlices,
    ).map((k) => own[k]!);
    const numbers = numbersOf(set, chosen, windowHu);
    return numbers ? [{ ...numbers, patient, slices: chosen.length }] : [];
  });
  const organs = all.flatMap(({ organHu }) => organHu ?? []);
  if (all.length === 0 || organs.length === 0) return undefined;
  const spread = (read: (one: ScanNumbers) => number): Extremes => extremesOf(all.map(read));
  const patients = new Set(all.map(({ patient }) => patient));
  const sliceMm = cases.flatMap((one) => (patients.has(one.patient) && one.sliceMm ? [one.sliceMm] : []));
  return {
    patients: all.length,
    slices: all.reduce((sum, one) => sum + one.slices, 0),
    softHu: spread(({ softHu }) => softHu),
    brightShare: spread(({ brightShare }) => brightShare),
    bodyMm: [spread(({ bodyMm }) => bodyMm[0]), spread(({ bodyMm }) => bodyMm[1])],
    organHu: extremesOf(organs),
    pixelMm: spread(({ pixelMm }) => pixelMm),
    ...(sliceMm.length > 0 && { sliceMm: extremesOf(sliceMm) }),
  };
}
