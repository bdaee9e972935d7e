/** What `manifest.json` says about preprocessed slices. */
import { classesSchema } from '../dataset/classes.ts';
import {
  aboveZero,
  atLeastOne,
  choice,
  dictionary,
  exactly,
  list,
  natural,
  nullable,
  object,
  oneLine,
  optional,
  passing,
  realNumber,
  type Shape,
  text,
  tuple,
} from '../io/schema.ts';
import { boundingBox } from '../volume/foreground.ts';

export const manifestVersion = 1;

/** Checksums of so many planes, one behind the other. */
const crc32Of = (planes: number) =>
  passing<string>(
    (value) => typeof value === 'string' && value.length === 8 * planes && /^[0-9a-f]+$/.test(value),
    `${8 * planes} hexadecimal digits`,
  );

/** A slice in the manifest: its files, its size and its foreground. */
export type SliceEntry = Shape<typeof sliceSchema>;
export const sliceSchema = object({
  /** `<case>-<z>`; file names derive from it. */
  id: oneLine,
  case: oneLine,
  patient: oneLine,
  /** Slice number, from 0 at the feet in the canonical frame; the number of the picture in 2-D sources. */
  z: natural,
  /** Files, relative to the folder of the manifest. */
  image: text,
  label: text,
  height: atLeastOne,
  width: atLeastOne,
  /** Pixel spacing (y, x); [1, 1] for pictures, whose unit is the pixel. */
  spacingMm: tuple([aboveZero, aboveZero]),
  /** Number of foreground pixels. */
  foreground: natural,
  /**
   * Rows and columns that hold all foreground: [top, left, bottom, right], the last two exclusive; null without
   * foreground.
   */
  box: nullable(tuple([natural, natural, natural, natural])),
  /** CRC-32 of the three planes of the image and of the label, see sliceChecksum.ts; absent in older manifests. */
  imageCrc32: optional(crc32Of(3)),
  labelCrc32: optional(crc32Of(1)),
});

/** A case in the manifest: what its slices were made from. */
export type CaseEntry = Shape<typeof caseSchema>;
export const caseSchema = object({
  id: oneLine,
  patient: oneLine,
  group: optional(oneLine),
  /** Voxels of the canonical volume (x, y, z); absent for pictures. */
  shape: optional(tuple([natural, natural, natural])),
  /** From slice to slice; absent for pictures, and in older manifests. */
  sliceMm: optional(aboveZero),
  /** How the label was found to lie, for sets whose labels are mirrored now and then. */
  labelPosition: optional(text),
  /** Its image says that nobody was scanned. Absent of others, of pictures, and in older manifests. */
  isSynthetic: optional(exactly(true)),
  /** What is odd in its files and may be wrong; absent where nothing is. */
  warnings: optional(list(text)),
  /** sha256 of the files it was made from, by folder and file name. */
  sources: dictionary(text),
  /** Number of slices kept. */
  slices: natural,
});

/** Whether every image says that nobody was scanned; false of none. */
export const areSynthetic = (cases: readonly CaseEntry[]): boolean =>
  cases.length > 0 && cases.every(({ isSynthetic }) => isSynthetic);

/** What the slices are and what they were made from, which a training run keeps. */
export const sourceEntries = {
  dataset: oneLine,
  /** Its images were made by a program; nobody was scanned. Absent of others, and in older files. */
  isSynthetic: optional(exactly(true)),
  mode: choice(['default', 'paper']),
  /** HU shown as 0 and 1; absent for pictures, which have no HU. */
  windowHu: optional(tuple([realNumber, realNumber])),
  /** Unit of places in the slice: `mm` where spacing is known, `px` for pictures. */
  unit: choice(['mm', 'px']),
  /** What the class numbers of the labels mean, where classes are kept apart; absent: 1 is pancreas. */
  classes: optional(classesSchema),
};

/** What a manifest says before it names slices and cases, the same for all machines that make them together. */
const headEntries = { version: exactly(manifestVersion), ...sourceEntries };
export const manifestHeadSchema = object(headEntries);

/** What lies in a folder of slices and what it was made from (`manifest.json`). */
export type Manifest = Shape<typeof manifestSchema>;
export const manifestSchema = object({
  ...headEntries,
  slices: list(sliceSchema),
  /** Complete cases. */
  cases: list(caseSchema),
  /** Cases that could not be made, and why. */
  failed: list(object({ id: oneLine, reason: text })),
  /** Cases that another shard has not made yet. */
  pending: list(oneLine),
});

/** Count and bounding box of the pixels of a label (H, W) that are not 0. */
export function foregroundBox(label: Uint8Array, width: number): Pick<SliceEntry, 'foreground' | 'box'> {
  const found = boundingBox(label, [width, label.length / width, 1]);
  if (!found) return { foreground: 0, box: null };
  const [[left, top], [columns, rows]] = [found.start, found.shape];
  let foreground = 0;
  for (let p = top * width; p < (top + rows) * width; p++) if (label[p] !== 0) foreground++;
  return { foreground, box: [top, left, top + rows, left + columns] };
}
