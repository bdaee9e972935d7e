/** The record beside a mask: from what and how it was made, how large it is, and whether it is complete. */
import path from '#system/path';
import { isSameJson } from '../checks.ts';
import { sha256File } from '../io/files.ts';
import {
  anything,
  dictionary,
  list,
  natural,
  object,
  optional,
  readJsonAs,
  readJsonIfGood,
  realNumber,
  type Shape,
  text,
} from '../io/schema.ts';
import type { Likeness } from './likeness.ts';
import type { MirrorAxis } from './mirror.ts';
import type { Postprocessing } from './postprocess.ts';
import type { BesideTraining, TrainedOn } from './trainedOn.ts';

/** What `<name>.json` says; it is written last, so it stands for complete outputs. */
export interface PredictionRecord {
  readonly made: {
    readonly input: Readonly<Record<string, string>>;
    readonly model: string;
    readonly threshold: number;
    readonly mirror?: readonly MirrorAxis[];
    readonly postprocessing?: Postprocessing;
    readonly windowHu?: readonly [number, number];
    readonly spacingMm?: number;
    /** Middle size of the pixels that networks of pictures saw, where they know it: it places them on volumes. */
    readonly seenPixelMm?: number;
    /** The same of further networks that saw other pictures. */
    readonly othersSeenPixelMm?: readonly number[];
  };
  /** sha256 by file name. */
  readonly outputs: Readonly<Record<string, string>>;
  /** Absent for pictures, whose voxels are pixels. */
  readonly pancreasMl?: number;
  readonly voxels: number;
  /** Of each class by name, where several are kept apart; above they are counted together. */
  readonly classes?: Readonly<Record<string, { readonly value: number; readonly voxels: number; readonly ml: number }>>;
  /** On what the networks were trained; absent in records of earlier versions. */
  readonly trainedOn?: readonly TrainedOn[];
  /** Beside the scans of the training, where the networks know them: the numbers of this one. */
  readonly scan?: BesideTraining['scan'];
  /** Beside the pictures of the training, where the networks know them; of several, those that it is least like. */
  readonly likeness?: Likeness;
  /** What is odd in the volume or its mask and may be wrong; absent where nothing is. */
  readonly warnings?: readonly string[];
  /** Only where there is post-processing. */
  readonly beforePostprocessing?: { readonly voxels: number; readonly pancreasMl?: number };
}

/** How much of a mask is foreground. */
export type Sizes = Pick<PredictionRecord, 'voxels' | 'pancreasMl' | 'classes' | 'beforePostprocessing'>;

const recordSchema = object({
  made: anything,
  outputs: dictionary(text),
  pancreasMl: optional(realNumber),
  voxels: natural,
  classes: optional(dictionary(object({ value: natural, voxels: natural, ml: realNumber }))),
  trainedOn: optional(anything),
  scan: optional(anything),
  likeness: optional(anything),
  warnings: optional(list(text)),
  beforePostprocessing: optional(object({ voxels: natural, pancreasMl: optional(realNumber) })),
});

/** The record in a file. Throws a UserError that names it where it is absent, damaged or of another kind. */
export const readRecord = (file: string): Promise<Shape<typeof recordSchema>> =>
  readJsonAs(file, recordSchema, 'the record of a prediction');

/** The record of a prediction that is complete and unchanged on disk; undefined for any other. */
export async function readComplete(
  out: string,
  name: string,
  made: PredictionRecord['made'],
  wanted: readonly string[],
): Promise<PredictionRecord | undefined> {
  const record = await readJsonIfGood(path.join(out, `${name}.json`), recordSchema); // absent or damaged: made again
  if (!isSameJson(record?.made, made)) return undefined;
  for (const file of wanted) {
    const found = await sha256File(path.join(out, file)).catch(() => undefined);
    if (found === undefined || record?.outputs[file] !== found) return undefined;
  }
  return record as PredictionRecord; // whose `made` is the wanted one
}
