/** What `manifest.json` says about preprocessed slices. */
import type { LabelClass } from '../dataset/caseList.ts';
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
  type Schema,
  text,
  tuple,
} from '../io/schema.ts';
import { boundingBox } from '../volume/foreground.ts';
import type { PreprocessMode, WindowHu } from './window.ts';

export const manifestVersion = 1;

/** A slice in the manifest: its files, its size and its foreground. */
export interface SliceEntry {
  /** `<case>-<z>`; file names derive from it. */
  readonly id: string;
  readonly case: string;
  readonly patient: string;
  /** Slice number, from 0 at the feet in the canonical frame; the number of the picture in 2-D sources. */
  readonly z: number;
  /** Files, relative to the folder of the manifest. */
  readonly image: string;
  readonly label: string;
  readonly height: number;
  readonly width: number;
  /** Pixel spacing (y, x); [1, 1] for pictures, whose unit is the pixel. */
  readonly spacingMm: readonly [number, number];
  /** Number of foreground pixels. */
  readonly foreground: number;
  /**
   * Rows and columns that hold all foreground: [top, left, bottom, right], the last two exclusive; null without
   * foreground.
   */
  readonly box: readonly [number, number, number, number] | null;
  /** CRC-32 of the three planes of the image and of the label, see sliceChecksum.ts; absent in older manifests. */
  readonly imageCrc32?: string;
  readonly labelCrc32?: string;
}

/** A case in the manifest: what its slices were made from. */
export interface CaseEntry {
  readonly id: string;
  readonly patient: string;
  readonly group?: string;
  /** Voxels of the canonical volume (x, y, z); absent for pictures. */
  readonly shape?: readonly [number, number, number];
  /** How the label was found to lie, for sets whose labels are mirrored now and then. */
  readonly labelPosition?: string;
  /** What is odd in its files and may be wrong; absent where nothing is. */
  readonly warnings?: readonly string[];
  /** sha256 of the files it was made from, by folder and file name. */
  readonly sources: Readonly<Record<string, string>>;
  /** Number of slices kept. */
  readonly slices: number;
}

/** A case without slices, and why. */
export interface FailedCase {
  readonly id: string;
  readonly reason: string;
}

/** What lies in a folder of slices and what it was made from (`manifest.json`). */
export interface Manifest {
  readonly version: typeof manifestVersion;
  readonly dataset: string;
  readonly mode: PreprocessMode;
  /** HU shown as 0 and 1; absent for pictures, which have no HU. */
  readonly windowHu?: WindowHu;
  /** Unit of places in the slice: `mm` where spacing is known, `px` for pictures. */
  readonly unit: 'mm' | 'px';
  /** What the class numbers of the labels mean, where classes are kept apart; absent: 1 is pancreas. */
  readonly classes?: readonly LabelClass[];
  readonly slices: readonly SliceEntry[];
  /** Complete cases. */
  readonly cases: readonly CaseEntry[];
  /** Cases that could not be made, and why. */
  readonly failed: readonly FailedCase[];
  /** Cases that another shard has not made yet. */
  readonly pending: readonly string[];
}

/** Checksums of so many planes, one behind the other. */
const crc32Of = (planes: number) =>
  passing<string>(
    (value) => typeof value === 'string' && value.length === 8 * planes && /^[0-9a-f]+$/.test(value),
    `${8 * planes} hexadecimal digits`,
  );

export const sliceSchema = object({
  id: oneLine,
  case: oneLine,
  patient: oneLine,
  z: natural,
  image: text,
  label: text,
  height: atLeastOne,
  width: atLeastOne,
  spacingMm: tuple([aboveZero, aboveZero]),
  foreground: natural,
  box: nullable(tuple([natural, natural, natural, natural])),
  imageCrc32: optional(crc32Of(3)),
  labelCrc32: optional(crc32Of(1)),
});

export const caseSchema = object({
  id: oneLine,
  patient: oneLine,
  group: optional(oneLine),
  shape: optional(tuple([natural, natural, natural])),
  labelPosition: optional(text),
  warnings: optional(list(text)),
  sources: dictionary(text),
  slices: natural,
});

export const modeSchema = choice(['default', 'paper']);

/** What `manifest.json` must hold. */
export const manifestSchema: Schema<Manifest> = object({
  version: exactly(manifestVersion),
  dataset: oneLine,
  mode: modeSchema,
  windowHu: optional(tuple([realNumber, realNumber])),
  unit: choice(['mm', 'px']),
  classes: optional(classesSchema),
  slices: list(sliceSchema),
  cases: list(caseSchema),
  failed: list(object({ id: oneLine, reason: text })),
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
