/** What paper-size measured, as `results.json` holds it. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { writeJson } from '../../lib/io/files.ts';
import {
  atLeastOne,
  choice,
  exactly,
  list,
  natural,
  object,
  oneLine,
  optional,
  readJsonAs,
  realNumber,
  type Shape,
} from '../../lib/io/schema.ts';
import { stageNames } from './stages.ts';

const stageSchema = object({
  name: choice(stageNames),
  /** Runnable programs on the machine over the minute before it began. */
  load: realNumber,
  seconds: realNumber,
  /** Processor seconds. */
  cpuS: realNumber,
  /** Largest resident memory of all its processes together, in MiB, and the largest in equal parts of its time. */
  peakMb: realNumber,
  mbOverTime: list(realNumber),
  /** What it wrote, in MB (10⁶ bytes). */
  diskMb: realNumber,
});
export type StageRecord = Shape<typeof stageSchema>;

/** A stage of the Python script. */
export const pythonStageSchema = object({ name: choice(stageNames), seconds: realNumber, cpuS: realNumber });

const recordSchema = object({
  version: exactly(1),
  command: oneLine,
  node: oneLine,
  machine: oneLine,
  memoryGb: realNumber,
  volumes: atLeastOne,
  slices: atLeastOne,
  /** Of these the slices that preprocessing kept. */
  keptSlices: optional(natural),
  /** Images and labels, in MB (10⁶ bytes). */
  cohortMb: realNumber,
  stages: list(stageSchema),
  comparison: optional(
    object({
      volumes: atLeastOne,
      slices: atLeastOne,
      load: realNumber,
      ours: list(stageSchema),
      python: list(pythonStageSchema),
      /** The libraries and their versions. */
      libraries: oneLine,
      pythonPeakMb: realNumber,
    }),
  ),
});
export type PaperSizeRecord = Shape<typeof recordSchema>;

export const recordFile = (folder: string): string => path.join(folder, 'results.json');

/** The record of a folder; undefined where it has none. Throws a UserError for one that is damaged. */
export const readRecord = async (folder: string): Promise<PaperSizeRecord | undefined> =>
  existsSync(recordFile(folder)) ? readJsonAs(recordFile(folder), recordSchema, 'a record of paper-size') : undefined;

export const writeRecord = (folder: string, record: PaperSizeRecord): Promise<void> =>
  writeJson(recordFile(folder), record);

export const total = (stages: readonly { readonly seconds: number }[]): number =>
  stages.reduce((sum, { seconds }) => sum + seconds, 0);

/**
 * How much higher the memory of a stage stood in the last third of its time than in the middle one; 1 is flat. The
 * first third, in which programs load, is left out. Undefined for stages of fewer than nine samples.
 */
export function growth({ mbOverTime }: Pick<StageRecord, 'mbOverTime'>): number | undefined {
  if (mbOverTime.length < 9) return undefined;
  const third = Math.floor(mbOverTime.length / 3);
  const middle = Math.max(...mbOverTime.slice(third, 2 * third));
  return Math.max(...mbOverTime.slice(2 * third)) / middle;
}
