/**
 * Many volumes to many masks. One after the other, each output complete or absent, what is complete is skipped, and
 * one bad file does not stop the others, so a cut-off run is simply started again.
 */
import { existsSync, realpathSync } from 'node:fs';
import path from 'node:path';
import type { tf } from 'axunet-engine/engine';
import { pancreasOnly } from '../dicomLabels/codes.ts';
import { aName, expected, isName, messageOf, shownText } from '../errors.ts';
import { sha256File, writeJson } from '../io/files.ts';
import { assertFinite, writeNifti } from '../io/nifti.ts';
import { packageVersion } from '../io/packageVersion.ts';
import {
  anything,
  dictionary,
  list,
  natural,
  object,
  optional,
  readJsonIfGood,
  realNumber,
  text,
} from '../io/schema.ts';
import { makeFolder } from '../io/writable.ts';
import { dicomSourceOf, isDicomFormat, type MaskFormat, maskFileName, writeMask } from '../scan/maskFiles.ts';
import { openImage } from '../scan/openVolume.ts';
import { type AnyVolume, type SeriesChoice, volumeChecksums } from '../scan/readVolume.ts';
import { isDicomName, readableVolumes, volumeName, volumesAt } from '../scan/volumeNames.ts';
import { shearDegrees, type Vec3, type Volume, voxelVolumeMl } from '../volume/volume.ts';
import { type MirrorAxis, mirrorNetwork } from './mirror.ts';
import { type Postprocessing, postprocessMask } from './postprocess.ts';
import { foregroundNetwork } from './slices.ts';
import { unlikeTraining } from './unlikeTraining.ts';
import { type Member, type PredictVolumeOptions, predictWith } from './volume.ts';

/** A trained network with what its input must look like. */
export interface Predictor extends Pick<PredictVolumeOptions, 'grid' | 'windowHu'> {
  readonly model: tf.LayersModel;
  /** Tells this network's weights from others'. */
  readonly sha256: string;
}

/** A file to be predicted and the name that its mask gets. */
export interface VolumeInput {
  readonly file: string;
  /** Name of the file without ending, or of the DICOM folder; names the outputs. */
  readonly name: string;
  /** Which series of a DICOM folder. */
  readonly series?: string;
}

/** Where masks go, what is written beside them, and how they are made. */
export interface PredictFilesOptions extends Pick<PredictVolumeOptions, 'threshold' | 'batchSize'> {
  /** Folder for the masks, `<name>.json` and, when asked for, `<name>_probability.nii.gz`. */
  readonly out: string;
  /** `<name>.nii.gz` by default; of DICOM series `<name>.seg.dcm` and `<name>.rtstruct.dcm` too. */
  readonly formats?: readonly MaskFormat[];
  readonly probability?: boolean;
  /** Averages over the versions that flips along these axes give (`mirrorNetwork`). */
  readonly mirror?: readonly MirrorAxis[];
  /** What is done to each mask; not to its probabilities. */
  readonly postprocessing?: Postprocessing;
  /**
   * Hears once, as soon as it is known, that networks are not compiled and why: they then run slower, operation by
   * operation.
   */
  readonly onChoice?: (line: string) => void;
  /**
   * Called before each volume, after each batch of slices and after each volume; `done` counts volumes, in parts too.
   */
  readonly onProgress?: (done: number, total: number, note: string) => void;
}

/** Which masks were made, which were there already, and which files failed and why. */
export interface PredictReport {
  readonly made: string[];
  /** Complete already: same input, same network, same options, outputs as they were written. */
  readonly skipped: string[];
  readonly failed: { readonly file: string; readonly reason: string }[];
  /** What is odd in a volume or its mask and may be wrong; absent where nothing is. */
  readonly warnings?: { readonly file: string; readonly message: string }[];
  /** Volume of each complete mask before and after post-processing; absent without it. */
  readonly postprocessed?: { readonly name: string; readonly beforeMl: number; readonly afterMl: number }[];
}

/** What `<name>.json` says; it is written last, so it stands for complete outputs. */
interface PredictionRecord {
  readonly made: {
    readonly input: Readonly<Record<string, string>>;
    readonly model: string;
    readonly threshold: number;
    readonly mirror?: readonly MirrorAxis[];
    readonly postprocessing?: Postprocessing;
  };
  /** sha256 by file name. */
  readonly outputs: Readonly<Record<string, string>>;
  readonly pancreasMl: number;
  readonly voxels: number;
  /** What is odd in the volume or its mask and may be wrong; absent where nothing is. */
  readonly warnings?: readonly string[];
  /** Only where there is post-processing. */
  readonly beforePostprocessing?: { readonly voxels: number; readonly pancreasMl: number };
}

const recordSchema = object({
  made: anything,
  outputs: dictionary(text),
  pancreasMl: realNumber,
  voxels: natural,
  warnings: optional(list(text)),
  beforePostprocessing: optional(object({ voxels: natural, pancreasMl: realNumber })),
});

/**
 * The volumes in the given folders and files, folders sorted by name: files of a known ending, and of DICOM the folder
 * itself or each folder inside it. Throws when a path does not exist, a folder holds no volume, or two inputs would
 * have one output.
 */
export async function findVolumes(paths: readonly string[], choice: SeriesChoice = {}): Promise<VolumeInput[]> {
  const found: VolumeInput[] = [];
  for (const place of paths) {
    if (!existsSync(place)) throw expected('a volume or a folder of them', 'nothing', place);
    const inputs = volumesAt(place).map((file) => ({
      file,
      name: volumeName(file),
      ...(isDicomName(file) && choice),
    }));
    if (inputs.length === 0) throw expected(`volumes (${readableVolumes})`, 'none', place);
    const odd = inputs.find(({ name }) => !isName(name));
    if (odd) throw expected(`the name of a volume (${aName})`, shownText(odd.name), place);
    found.push(...inputs);
  }
  const seen = new Map<string, string>();
  for (const { name, file } of found) {
    const other = seen.get(name);
    if (other) throw expected('volumes with different names, for their outputs to differ', `${other} and ${file}`);
    seen.set(name, file);
  }
  return found;
}

/** The record of a prediction that is complete and unchanged on disk; undefined for any other. */
export async function readComplete(
  out: string,
  name: string,
  made: PredictionRecord['made'],
  wanted: readonly string[],
): Promise<PredictionRecord | undefined> {
  const record = await readJsonIfGood(path.join(out, `${name}.json`), recordSchema); // absent or damaged: made again
  if (JSON.stringify(record?.made) !== JSON.stringify(made)) return undefined;
  for (const file of wanted) {
    const found = await sha256File(path.join(out, file)).catch(() => undefined);
    if (found === undefined || record?.outputs[file] !== found) return undefined;
  }
  return record as PredictionRecord; // whose `made` is the wanted one
}

/** Networks made ready, and one text that tells them from others. */
interface Ensemble {
  readonly members: readonly Member[];
  readonly sha256: string;
}

/** Networks of one input each. Throws a UserError when there is none, one is given twice, or their windows differ. */
function openEnsemble(predictors: readonly Predictor[], mirror: readonly MirrorAxis[] = []): Ensemble {
  const [first, ...others] = predictors;
  if (!first) throw expected('a network to predict with', 'none');
  if (new Set(predictors.map(({ sha256 }) => sha256)).size < predictors.length)
    throw expected('different networks to average', 'one of them twice');
  const other = others.find(({ windowHu }) => windowHu.join() !== first.windowHu.join());
  if (other) {
    const windows = `${first.windowHu.join(' to ')} HU and ${other.windowHu.join(' to ')} HU`;
    throw expected('networks that were trained with one HU window, to average them', windows);
  }
  // The order on the command line must not matter.
  const ordered = predictors.toSorted((a, b) => (a.sha256 < b.sha256 ? -1 : 1));
  const memberOf = ({ model, grid, windowHu }: Predictor): Member => {
    const network = mirrorNetwork(foregroundNetwork(model), mirror);
    return { grid, windowHu, network };
  };
  return { members: ordered.map(memberOf), sha256: ordered.map(({ sha256 }) => sha256).join('+') };
}

const countForeground = (mask: Uint8Array): number => mask.reduce((sum, v) => sum + v, 0);

/** A spacing whose product is the volume of a voxel, also where the axes are sheared. */
function volumeSpacing(volume: Volume): Vec3 {
  const [x, y] = volume.spacingMm;
  return shearDegrees(volume.affine) > 0 ? [x, y, (1000 * voxelVolumeMl(volume)) / (x * y)] : volume.spacingMm;
}

/** The mask after post-processing, and what the record says of both. */
function finishMask(
  mask: Volume<Uint8Array>,
  postprocessing?: Postprocessing,
): { mask: Volume<Uint8Array>; sizes: Pick<PredictionRecord, 'voxels' | 'pancreasMl' | 'beforePostprocessing'> } {
  const sizeOf = ({ data }: Volume<Uint8Array>) => ({
    voxels: countForeground(data),
    pancreasMl: countForeground(data) * voxelVolumeMl(mask),
  });
  if (!postprocessing) return { mask, sizes: sizeOf(mask) };
  const done = { ...mask, data: postprocessMask(mask.data, mask.shape, volumeSpacing(mask), postprocessing) };
  return { mask: done, sizes: { ...sizeOf(done), beforePostprocessing: sizeOf(mask) } };
}

const probabilityName = (name: string): string => `${name}_probability.nii.gz`;

/** What is written for a volume beside its record. */
const outputNames = (name: string, { formats = ['nifti'], probability }: PredictFilesOptions): string[] => [
  ...formats.map((format) => maskFileName(name, format)),
  ...(probability ? [probabilityName(name)] : []),
];

/** Writes a mask in all formats that are asked for; what is odd in its source. */
async function writeMasks(
  volume: AnyVolume,
  mask: Volume<Uint8Array>,
  { file, name }: VolumeInput,
  { out, formats = ['nifti'], weights }: PredictFilesOptions & { weights: string },
): Promise<readonly string[]> {
  const source = formats.some(isDicomFormat) ? await dicomSourceOf(volume, file) : undefined;
  const short = weights.split('+').map((sha256) => sha256.slice(0, 8));
  const algorithm = { name: 'AX-Unet', version: `axunet ${packageVersion()}, weights ${short.join(' ')}` };
  for (const format of formats)
    await writeMask(
      { mask, labels: pancreasOnly, algorithm },
      { file: path.join(out, maskFileName(name, format)), format, source },
    );
  return source?.warnings ?? [];
}

/** Predicts one volume unless its outputs are complete. */
async function predictFile(
  ensemble: Ensemble,
  input: VolumeInput,
  options: PredictFilesOptions,
  onSlices: (share: number) => void,
): Promise<{ record: PredictionRecord; computed: boolean }> {
  const { out, threshold = 0.5, batchSize, mirror, postprocessing } = options;
  const made = {
    input: await volumeChecksums(input.file, input),
    model: ensemble.sha256,
    threshold,
    ...(mirror?.length && { mirror }),
    ...(postprocessing && { postprocessing }),
  };
  const wanted = outputNames(input.name, options);
  const complete = await readComplete(out, input.name, made, wanted);
  if (complete) return { record: complete, computed: false };
  const volume = await openImage(input.file, { series: input.series });
  assertFinite(volume, input.file);
  const predicted = await predictWith(ensemble.members, volume, {
    threshold,
    batchSize,
    onProgress: (done, total) => onSlices(done / total),
  });
  const { mask, sizes } = finishMask(predicted.mask, postprocessing);
  const doubts = await writeMasks(volume, mask, input, { ...options, weights: ensemble.sha256 });
  if (options.probability) {
    const description = 'axunet pancreas probability';
    await writeNifti(path.join(out, probabilityName(input.name)), predicted.probability, { description });
  }
  const outputs = Object.fromEntries(
    await Promise.all(wanted.map(async (file) => [file, await sha256File(path.join(out, file))] as const)),
  );
  const warnings = [
    ...volume.warnings,
    ...doubts,
    ...new Set(ensemble.members.flatMap(({ grid }) => unlikeTraining(volume, grid))),
    ...(sizes.voxels === 0 ? ['the mask is empty'] : []),
  ];
  const record: PredictionRecord = { made, outputs, ...sizes, ...(warnings.length > 0 && { warnings }) };
  await writeJson(path.join(out, `${input.name}.json`), record);
  return { record, computed: true };
}

/**
 * Refuses outputs that would take the place of a volume, as when the folder of the scans is named for the masks too.
 */
function refuseOverwriting(inputs: readonly VolumeInput[], options: PredictFilesOptions): void {
  const { out, formats = [] } = options;
  const place = realpathSync(out);
  const written = new Set(
    inputs.flatMap(({ name }) => outputNames(name, options)).map((file) => path.join(place, file)),
  );
  const isDicom = formats.some(isDicomFormat);
  for (const { file } of inputs) {
    const source = path.join(realpathSync(path.dirname(file)), path.basename(file));
    // What DICOM lies in the folder of a series would be taken for a part of it.
    if (isDicom && `${place}${path.sep}`.startsWith(`${realpathSync(file)}${path.sep}`))
      throw expected('another folder for the masks than that of the volumes', `that of the series ${file}`, out);
    if (!written.has(source)) continue;
    throw expected('another folder for the masks than that of the volumes', `outputs that would replace ${file}`, out);
  }
}

/** DICOM results belong to a DICOM series. Throws a UserError that names an input of another format. */
function assertDicomSources(inputs: readonly VolumeInput[], { formats = [] }: PredictFilesOptions): void {
  const format = formats.find(isDicomFormat);
  const other = format && inputs.find(({ file }) => !isDicomName(file));
  if (other) throw expected(`DICOM series to write ${format} for`, 'another format', other.file);
}

/**
 * Predicts all inputs with a network, or with the mean of several. A volume that cannot be read or written is named in
 * `failed`; the others are made all the same. Throws when several networks do not belong together, and when a mask
 * would replace a volume.
 */
export async function predictFiles(
  predictor: Predictor | readonly Predictor[],
  inputs: readonly VolumeInput[],
  options: PredictFilesOptions,
): Promise<PredictReport> {
  assertDicomSources(inputs, options);
  await makeFolder(options.out);
  refuseOverwriting(inputs, options);
  const report: PredictReport = {
    made: [],
    skipped: [],
    failed: [],
    ...(options.postprocessing && { postprocessed: [] }),
  };
  const ensemble = openEnsemble(Array.isArray(predictor) ? predictor : [predictor], options.mirror);
  const odd: { file: string; message: string }[] = [];
  let isTold = false;
  const tellChoice = (): void => {
    const reason = ensemble.members.map(({ network }) => network.reason).find((text) => text !== undefined);
    if (isTold || reason === undefined) return;
    isTold = true;
    options.onChoice?.(`prediction: operation by operation (${reason})`);
  };
  async function predictOne(input: VolumeInput, i: number): Promise<void> {
    const tell = (share: number, note: string): void => {
      tellChoice();
      options.onProgress?.(i + share, inputs.length, note);
    };
    try {
      tell(0, input.name);
      const { record, computed } = await predictFile(ensemble, input, options, (share) =>
        tell(Math.min(share, 0.99), input.name),
      );
      (computed ? report.made : report.skipped).push(input.name);
      const { pancreasMl, beforePostprocessing: before, warnings = [] } = record;
      for (const message of warnings) odd.push({ file: input.file, message });
      if (before) report.postprocessed?.push({ name: input.name, beforeMl: before.pancreasMl, afterMl: pancreasMl });
      tell(1, `${input.name} ${computed ? 'done' : 'was complete'}`);
    } catch (error) {
      report.failed.push({ file: input.file, reason: messageOf(error) });
      tell(1, `${input.name} failed`);
    }
  }
  try {
    for (const [i, input] of inputs.entries()) await predictOne(input, i);
  } finally {
    for (const { network } of ensemble.members) network.close();
  }
  return { ...report, ...(odd.length > 0 && { warnings: odd }) };
}
