/** What a run is, in words and numbers: what its checkpoints say of its data, network, grid and patients. */
import path from '#system/path';
import {
  atLeastOne,
  choice,
  list,
  natural,
  object,
  oneLine,
  optional,
  readJsonAs,
  type Shape,
  text,
  tuple,
} from '../io/schema.ts';
import { variants } from '../model/axunet.ts';
import { seenScansSchema } from '../predict/seenScans.ts';
import { gridSchema } from '../preprocess/grid.ts';
import { sourceEntries } from '../preprocess/manifest.ts';
import { configSchema } from './config.ts';
import { positionSchema } from './position.ts';

/** Patients on each side; nobody may be on both. */
export type PatientSplit = Shape<typeof patientsSchema>;
const patientsSchema = object({ training: list(oneLine), validation: list(oneLine) });

/** What a run says of its slices. */
type RunData = Shape<typeof dataSchema>;
export const dataSchema = object({
  ...sourceEntries,
  slices: natural,
  /** Of the manifest's slices without their checksums, which older manifests do not have. */
  sha256: text,
  /** Of the slices' checksums: what the images and labels show. Absent where the manifest has none. */
  content: optional(text),
});

/** The current data as a run or plan of an earlier version describes it: without what the saved one does not say. */
export function withSaved(saved: RunData, { content, isSynthetic, ...data }: RunData): RunData {
  return {
    ...data,
    ...(saved.content !== undefined && { content }),
    ...(saved.isSynthetic !== undefined && { isSynthetic }),
  };
}

/** All that tells two runs apart; stored in every checkpoint and in `config.json`. */
export type RunDescription = Shape<typeof descriptionSchema>;
export const descriptionSchema = object({
  axunet: text,
  config: configSchema,
  model: object({
    variant: choice(variants),
    width: atLeastOne,
    inputSize: tuple([atLeastOne, atLeastOne]),
    inputChannels: atLeastOne,
    classes: atLeastOne,
    asppRates: tuple([atLeastOne, atLeastOne, atLeastOne]),
  }),
  grid: gridSchema,
  data: dataSchema,
  patients: patientsSchema,
  /** What the training scans look like, in numbers; absent of pictures, and in older runs. */
  seen: optional(seenScansSchema),
  /** Tells the weights that training began with from others; absent where they were drawn. */
  from: optional(text),
});

/** The description in a run folder. Throws a UserError that names the file where it is absent or damaged. */
export const readDescription = (folder: string): Promise<RunDescription> =>
  readJsonAs(path.join(folder, 'config.json'), descriptionSchema, 'the description of a training run');

/** What a checkpoint says beside its arrays. */
export type CheckpointMeta = Shape<typeof checkpointMetaSchema>;
export const checkpointMetaSchema = object({ description: descriptionSchema, position: positionSchema });
