/** Slices on disk: data/<id>.npy and label/<id>.npy, and one record a case that says they are complete. */
import { rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { expected, shownText } from '../errors.ts';
import { bytesOf } from '../io/bytes.ts';
import { writeFileAtomic, writeThenRename } from '../io/files.ts';
import { insideFolder } from '../io/insideFolder.ts';
import { npyHeader } from '../io/npy.ts';
import { anything, list, natural, object, readJsonIfGood, type Shape } from '../io/schema.ts';
import { voxelTypeOf } from '../io/voxelTypes.ts';
import { caseSchema, type SliceEntry, sliceSchema } from './manifest.ts';
import type { PreparedSlice } from './prepareCase.ts';

/** cases/<id>.json: written after the last slice of the case, so a case without it is not complete. */
export type CaseRecord = Shape<typeof recordSchema>;
const recordSchema = object({
  /** What the slices depend on: parameters and the sources' sha256. */
  made: anything,
  entry: caseSchema,
  slices: list(sliceSchema),
  /** Size in bytes of each image and each label file. */
  bytes: object({ image: natural, label: natural }),
});

/** Slices written at the same time, of two files each: enough to keep the disk and a second core busy. */
const parallelSlices = 2;

/**
 * Writes image (3, H, W) and label (1, H, W) of slices of one size, a few at a time; `release` is called with each in
 * their order when it and all before it are written.
 */
export function startSliceWriter(
  folder: string,
  height: number,
  width: number,
  release?: (slice: PreparedSlice) => void,
): {
  readonly bytes: CaseRecord['bytes'];
  /** Waits while too many writes are under way; throws what an earlier one met. */
  write(entry: SliceEntry, slice: PreparedSlice): Promise<void>;
  finish(): Promise<void>;
} {
  const imageHeader = npyHeader(voxelTypeOf(new Float32Array()), [3, height, width]);
  const labelHeader = npyHeader(voxelTypeOf(new Uint8Array()), [1, height, width]);
  const underWay: { readonly slice: PreparedSlice; readonly job: Promise<unknown> }[] = [];
  const failures: unknown[] = [];
  const write = (name: string, pieces: readonly Uint8Array[]): Promise<unknown> => {
    const file = path.join(folder, name);
    // Not synced: the record of the case is, after it.
    return writeThenRename(`${file}.partial`, file, pieces).catch((error) => failures.push(error));
  };
  const settle = async (most: number): Promise<void> => {
    while (underWay.length > most) {
      const { slice, job } = underWay.shift()!;
      await job;
      release?.(slice);
    }
    if (failures.length) throw failures[0];
  };
  return {
    bytes: { image: imageHeader.length + 12 * height * width, label: labelHeader.length + height * width },
    async write(entry, slice) {
      const image = write(entry.image, [imageHeader, ...slice.planes.map(bytesOf)]);
      const label = write(entry.label, [labelHeader, bytesOf(slice.label)]);
      underWay.push({ slice, job: Promise.all([image, label]) });
      await settle(parallelSlices);
    },
    finish: () => settle(0),
  };
}

const recordFile = (folder: string, id: string): string => path.join(folder, 'cases', `${id}.json`);

export const writeCaseRecord = (folder: string, record: CaseRecord): Promise<void> =>
  writeFileAtomic(recordFile(folder, record.entry.id), `${JSON.stringify(record)}\n`);

/** The record of a case, or undefined where there is none that can be read, or that of another case. */
export async function readCaseRecord(folder: string, id: string): Promise<CaseRecord | undefined> {
  const record = await readJsonIfGood(recordFile(folder, id), recordSchema);
  const isItsOwn = record?.entry.id === id && record.slices.every((slice) => slice.case === id);
  return isItsOwn ? record : undefined;
}

/**
 * Removes a case: the record first, so that a stop half-way leaves nothing that claims to be complete. Throws a
 * UserError, and removes nothing, where the record names anything but files of its own slices.
 */
export async function removeCase(folder: string, id: string): Promise<void> {
  const file = recordFile(folder, id);
  const slices = (await readCaseRecord(folder, id))?.slices ?? [];
  filesOf(folder, slices, file); // refused before anything is gone
  await rm(file, { force: true });
  await removeSlices(folder, slices, file);
}

/** The place of one of a slice's files, which has the name that slices of its case have and no other. */
function fileOf(folder: string, part: 'data' | 'label', entry: SliceEntry, record: string): string {
  const name = part === 'data' ? entry.image : entry.label;
  const place = insideFolder(folder, name, record);
  const isOwn = entry.id === entry.case || entry.id.startsWith(`${entry.case}-`);
  if (isOwn && name === `${part}/${entry.id}.npy`) return place;
  throw expected(`${part}/${entry.case}-….npy, a file of its own slice`, shownText(name), record);
}

/** The files of slices that a record names. Throws a UserError where one of them is not a file of these slices. */
const filesOf = (folder: string, slices: readonly SliceEntry[], record: string): string[] =>
  slices.flatMap((entry) => [fileOf(folder, 'data', entry, record), fileOf(folder, 'label', entry, record)]);

export async function removeSlices(folder: string, slices: readonly SliceEntry[], record = folder): Promise<void> {
  for (const file of filesOf(folder, slices, record)) await rm(file, { force: true });
}

/** True when every file of the record is there with its full size; else the case is made again. */
export async function isComplete(folder: string, { entry, slices, bytes }: CaseRecord): Promise<boolean> {
  const sizes = [bytes.image, bytes.label];
  for (const [i, file] of filesOf(folder, slices, recordFile(folder, entry.id)).entries()) {
    const found = await stat(file).catch(() => undefined);
    if (found?.size !== sizes[i % 2]) return false;
  }
  return true;
}
