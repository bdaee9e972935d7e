/**
 * Preprocessing of a data set: volumes or pictures in, one .npy pair a slice and a manifest out.
 *
 *     <out>/data/<case>-<z>.npy    float32 (3, H, W): slices z-1, z, z+1 in [0, 1]
 *     <out>/label/<case>-<z>.npy   uint8 (1, H, W): class per pixel
 *     <out>/cases/<case>.json      what the case was made from; complete cases are not made again
 *     <out>/manifest.json          all slices of all complete cases; of shards when they are merged
 *
 * Row 0 is anterior, column 0 is the patient's right, z counts from the feet.
 */

import path from 'node:path';
import { isSameJson } from '../checks.ts';
import type { Case, CaseList } from '../dataset/caseList.ts';
import { expected, messageOf } from '../errors.ts';
import { keepText, sha256File } from '../io/files.ts';
import { assertFileEach, ownPlace } from '../io/insideFolder.ts';
import { assertWritableFolder, makeFolder } from '../io/writable.ts';
import { volumeChecksums } from '../scan/readVolume.ts';
import {
  areSynthetic,
  type CaseEntry,
  foregroundBox,
  type Manifest,
  manifestVersion,
  type SliceEntry,
} from './manifest.ts';
import { type PreparedCase, prepareCase } from './prepareCase.ts';
import { sliceSummer } from './sliceChecksum.ts';
import {
  type CaseRecord,
  isComplete,
  readCaseRecord,
  removeCase,
  removeSlices,
  startSliceWriter,
  writeCaseRecord,
} from './sliceFiles.ts';
import { type PreprocessMode, type WindowHu, windowOf } from './window.ts';

/** Where slices go and how they are made. */
export interface PreprocessOptions {
  /** Folder for the slices; made where it is missing. */
  readonly out: string;
  /**
   * `default`: soft-tissue window, every slice, the edge slice repeated as its own neighbour.
   * `paper`: ±1024 HU, neither the first nor the last slice, only slices with at least 32 foreground pixels.
   */
  readonly mode: PreprocessMode;
  /** HU shown as 0 and as 1, in default mode. Pictures have no HU: their grey values are divided by 255. */
  readonly windowHu?: WindowHu;
  /**
   * Makes only every count-th case, from the index-th; other shards make the rest, into the same folder. Then no
   * manifest is written: shards/mergeSlices.ts does that when all are there.
   */
  readonly shard?: { readonly index: number; readonly count: number };
  readonly onProgress?: (done: number, total: number, note: string) => void;
}

/** Smaller cuts through the pancreas are left out in paper mode. */
const paperMinimumForeground = 32;

/** Everything but the case itself that its slices depend on. */
interface Plan {
  readonly list: CaseList;
  readonly out: string;
  readonly mode: PreprocessMode;
  readonly windowHu: WindowHu;
  readonly parameters: Record<string, unknown>;
}

function makePlan(list: CaseList, { out, mode, windowHu: wanted }: PreprocessOptions): Plan {
  const windowHu = windowOf(mode, wanted);
  const { kind, labelMap, otherLabels, classes, imageFlipY = false, detectLabelFlip = false } = list;
  const others = { ...(otherLabels === 'background' && { otherLabels }), ...(classes && { classes }) };
  return {
    list,
    out,
    mode,
    windowHu,
    parameters: { version: manifestVersion, kind, mode, windowHu, labelMap, ...others, imageFlipY, detectLabelFlip },
  };
}

/**
 * Writes the slices of all cases and the manifest. What is complete and unchanged (parameters, sha256 of the sources,
 * sizes of the files) is kept; what is missing, truncated or outdated is made again, so an interrupted run is simply
 * started again.
 *
 * A case that cannot be made is named in `manifest.failed` and the others go on: cases + failed + pending is always the
 * number of cases in the list. Throws a UserError on options that contradict each other, and when two cases have one
 * id, or two that name one file.
 */
export async function preprocessDataset(list: CaseList, options: PreprocessOptions): Promise<Manifest> {
  const plan = makePlan(list, options);
  const ids = new Set(list.cases.map(({ id }) => id));
  if (ids.size < list.cases.length)
    throw expected('case ids that differ', `${ids.size} ids for ${list.cases.length} cases`, list.folder);
  assertFileEach([...ids], 'ids of cases', list.folder);
  for (const part of ['data', 'label', 'cases']) await makeFolder(ownPlace(options.out, part));
  const { index, count } = options.shard ?? { index: 0, count: 1 };
  const mine = list.cases.filter((_, i) => i % count === index);
  const failures = new Map<string, string>();
  for (const [done, one] of mine.entries()) {
    const note = await makeCase(plan, one).catch((error) => {
      failures.set(one.id, messageOf(error));
      return `failed: ${messageOf(error)}`;
    });
    options.onProgress?.(done + 1, mine.length, `${one.id} ${note}`);
  }
  const manifest = await assemble(plan, failures);
  if (!options.shard) await writeManifest(options.out, manifest);
  return manifest;
}

/** Writes `manifest.json` into a folder of slices; its path. */
export async function writeManifest(folder: string, manifest: Manifest): Promise<string> {
  const file = path.join(folder, 'manifest.json');
  await keepText(file, manifestText(manifest));
  return file;
}

/** JSON with one line a slice and a case: short enough to read, and to search with line tools. */
function manifestText({ slices, cases, failed, ...rest }: Manifest): string {
  const list = (items: readonly unknown[]): string =>
    items.length ? `[\n${items.map((item) => `    ${JSON.stringify(item)}`).join(',\n')}\n  ]` : '[]';
  const head = Object.entries(rest)
    .map(([key, value]) => `  "${key}": ${JSON.stringify(value)},\n`)
    .join('');
  return `{\n${head}  "failed": ${list(failed)},\n  "cases": ${list(cases)},\n  "slices": ${list(slices)}\n}\n`;
}

/** The sha256 of the files that a case is made of, by folder and file name. */
async function sourceSums({ kind }: CaseList, { image, label, series }: Case): Promise<Record<string, string>> {
  const sums: Record<string, string> = {};
  for (const file of label ? [image, label] : [image]) {
    const choice = file === image ? { series } : {};
    const own = kind === '3d' ? await volumeChecksums(file, choice) : { [path.basename(file)]: await sha256File(file) };
    for (const [name, sum] of Object.entries(own)) sums[`${path.basename(path.dirname(file))}/${name}`] = sum;
  }
  return sums;
}

/** Makes one case unless it is complete; returns what was done, in words. */
async function makeCase(plan: Plan, one: Case): Promise<string> {
  const sources = await sourceSums(plan.list, one);
  const made = { parameters: plan.parameters, sources };
  const old = await readCaseRecord(plan.out, one.id);
  if (old && isSameJson(old.made, made) && (await isComplete(plan.out, old))) return 'was complete';
  await assertWritableFolder(plan.out); // before the work that would be lost
  await removeCase(plan.out, one.id);
  const prepared = await prepareCase(plan.list, one, plan.windowHu, plan.mode === 'paper');
  const { slices, bytes } = await writeSlices(plan, one, prepared);
  const { id, patient, group } = one;
  const { shape, sliceMm, labelPosition, isSynthetic } = prepared;
  const isEmpty = plan.list.kind === '3d' && slices.length > 0 && slices.every(({ foreground }) => foreground === 0);
  const warnings = [...prepared.warnings, ...(isEmpty ? ['the label has no foreground'] : [])];
  const entry: CaseEntry = {
    id,
    patient,
    ...(group && { group }),
    ...(shape && { shape }),
    ...(sliceMm && { sliceMm }),
    ...(labelPosition && { labelPosition }),
    ...(isSynthetic && { isSynthetic }),
    ...(warnings.length > 0 && { warnings }),
    sources,
    slices: slices.length,
  };
  await writeCaseRecord(plan.out, { made, entry, slices, bytes });
  return `${slices.length} ${slices.length === 1 ? 'slice' : 'slices'}`;
}

/** Writes the slices of a case that the mode keeps; when one of them fails, none is left. */
async function writeSlices(
  { list, out, mode }: Plan,
  one: Case,
  prepared: PreparedCase,
): Promise<Pick<CaseRecord, 'slices' | 'bytes'>> {
  const { height, width, spacingMm } = prepared;
  const writer = startSliceWriter(out, height, width, prepared.release);
  const checksums = sliceSummer();
  const slices: SliceEntry[] = [];
  try {
    for (const slice of prepared.slices) {
      const found = foregroundBox(slice.label, width);
      if (mode === 'paper' && found.foreground < paperMinimumForeground) continue;
      // a picture's id often ends with its slice number already
      const id = list.kind === '2d' && one.id.endsWith(`-${slice.z}`) ? one.id : `${one.id}-${slice.z}`;
      const entry: SliceEntry = {
        id,
        case: one.id,
        patient: one.patient,
        z: slice.z,
        image: `data/${id}.npy`,
        label: `label/${id}.npy`,
        height,
        width,
        spacingMm,
        ...found,
        ...checksums(slice),
      };
      slices.push(entry);
      await writer.write(entry, slice);
    }
    await writer.finish();
  } catch (error) {
    await writer.finish().catch(() => undefined);
    await removeSlices(out, slices);
    throw error;
  }
  return { slices, bytes: writer.bytes };
}

/**
 * The manifest of what is on disk now: our cases, and those that other shards have finished with the same parameters.
 */
async function assemble(
  { list, out, mode, windowHu, parameters }: Plan,
  failures: Map<string, string>,
): Promise<Manifest> {
  const complete: CaseRecord[] = [];
  const pending: string[] = [];
  for (const { id } of list.cases) {
    if (failures.has(id)) continue;
    const record = await readCaseRecord(out, id);
    if (record && isSameJson((record.made as { parameters?: unknown } | null)?.parameters, parameters))
      complete.push(record);
    else pending.push(id);
  }
  const cases = complete.map((record) => record.entry);
  return {
    version: manifestVersion,
    dataset: list.dataset,
    ...((list.isSynthetic || areSynthetic(cases)) && { isSynthetic: true }),
    mode,
    ...(list.kind === '3d' && { windowHu }),
    unit: list.kind === '3d' ? 'mm' : 'px',
    ...(list.classes && { classes: list.classes }),
    slices: complete.flatMap((record) => record.slices),
    cases,
    failed: [...failures].map(([id, reason]) => ({ id, reason })),
    pending,
  };
}
