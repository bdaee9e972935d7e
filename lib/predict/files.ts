/**
 * Many volumes or pictures to many masks. One after the other, each output complete or absent, what is complete is
 * skipped, and one bad file does not stop the others, so a cut-off run is simply started again.
 */
import { existsSync, realpathSync } from 'node:fs';
import path from 'node:path';
import type { LabelClass } from '../dataset/caseList.ts';
import { probabilitySuffixes, storedValues } from '../dataset/classes.ts';
import { aName, expected, isName, messageOf, shownText } from '../errors.ts';
import { sha256File, writeJson } from '../io/files.ts';
import { assertFinite, writeNifti } from '../io/nifti.ts';
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
import { assertWritableFolder, makeFolder } from '../io/writable.ts';
import { openImage } from '../scan/openVolume.ts';
import { type SeriesChoice, volumeChecksums } from '../scan/readVolume.ts';
import { isDicomName, readableVolumes, volumeName, volumesAt } from '../scan/volumeNames.ts';
import { shearDegrees, type Vec3, type Volume, voxelVolumeMl } from '../volume/volume.ts';
import { type Ensemble, type EnsembleOptions, openEnsemble, type Predictor } from './ensemble.ts';
import type { MirrorAxis } from './mirror.ts';
import { picturesAt, predictPicture } from './pictures.ts';
import { type Postprocessing, postprocessClasses } from './postprocess.ts';
import { unlikeTraining } from './unlikeTraining.ts';
import { type PredictVolumeOptions, predictWith } from './volume.ts';

/** A file to be predicted and the name that its mask gets. */
export interface VolumeInput {
  readonly file: string;
  /** Name of the file without ending, or of the DICOM folder; names the outputs. */
  readonly name: string;
  /** Which series of a DICOM folder. */
  readonly series?: string;
  readonly isPicture?: boolean;
}

/** Where masks go, what is written beside them, and how they are made. */
export interface PredictFilesOptions extends EnsembleOptions, Pick<PredictVolumeOptions, 'batchSize'> {
  /**
   * Folder for `<name>.nii.gz`, `<name>.json` and, when asked for, `<name>_probability.nii.gz`, of several classes
   * `<name>_probability_<class>.nii.gz`; of pictures `.png` instead.
   */
  readonly out: string;
  readonly probability?: boolean;
  /** Size of a pixel of pictures, for networks whose window is in millimetres. */
  readonly spacingMm?: number;
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
    readonly windowHu?: readonly [number, number];
    readonly spacingMm?: number;
  };
  /** sha256 by file name. */
  readonly outputs: Readonly<Record<string, string>>;
  /** Absent for pictures, whose voxels are pixels. */
  readonly pancreasMl?: number;
  readonly voxels: number;
  /** Of each class by name, where several are kept apart; above they are counted together. */
  readonly classes?: Readonly<Record<string, { readonly value: number; readonly voxels: number; readonly ml: number }>>;
  /** What is odd in the volume or its mask and may be wrong; absent where nothing is. */
  readonly warnings?: readonly string[];
  /** Only where there is post-processing. */
  readonly beforePostprocessing?: { readonly voxels: number; readonly pancreasMl?: number };
}

const recordSchema = object({
  made: anything,
  outputs: dictionary(text),
  pancreasMl: optional(realNumber),
  voxels: natural,
  classes: optional(dictionary(object({ value: natural, voxels: natural, ml: realNumber }))),
  warnings: optional(list(text)),
  beforePostprocessing: optional(object({ voxels: natural, pancreasMl: optional(realNumber) })),
});

/**
 * The volumes in the given folders and files, folders sorted by name: files of a known ending, and of DICOM the folder
 * itself or each folder inside it; where there are none, the pictures. Throws when a path does not exist, a folder
 * holds neither, or two inputs would have one output.
 */
export async function findVolumes(paths: readonly string[], choice: SeriesChoice = {}): Promise<VolumeInput[]> {
  const found: VolumeInput[] = [];
  for (const place of paths) {
    if (!existsSync(place)) throw expected('a volume or a folder of them', 'nothing', place);
    const volumes = volumesAt(place).map((file) => ({
      file,
      name: volumeName(file),
      ...(isDicomName(file) && choice),
    }));
    const inputs: VolumeInput[] = volumes.length > 0 ? volumes : picturesAt(place);
    if (inputs.length === 0) throw expected(`volumes (${readableVolumes}), or pictures (.png, .jpg)`, 'none', place);
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

/** What an input is made from: sha256 by file name. */
const inputSums = async (input: VolumeInput): Promise<Readonly<Record<string, string>>> =>
  input.isPicture ? { [path.basename(input.file)]: await sha256File(input.file) } : volumeChecksums(input.file, input);

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

const countForeground = (mask: Uint8Array): number => mask.reduce((sum, v) => sum + Math.min(v, 1), 0);

/** Voxels and ml of each class by name; nothing of one class alone. */
function classSizes(mask: Volume<Uint8Array>, classes: readonly LabelClass[] = []): Pick<PredictionRecord, 'classes'> {
  if (classes.length < 2) return {};
  const counts = new Array<number>(classes.length + 1).fill(0);
  for (const c of mask.data) counts[c]++;
  const entries = classes.map(({ name, values }, i) => {
    const voxels = counts[i + 1];
    return [name, { value: values[0], voxels, ml: voxels * voxelVolumeMl(mask) }] as const;
  });
  return { classes: Object.fromEntries(entries) };
}

/** A spacing whose product is the volume of a voxel, also where the axes are sheared. */
function volumeSpacing(volume: Volume): Vec3 {
  const [x, y] = volume.spacingMm;
  return shearDegrees(volume.affine) > 0 ? [x, y, (1000 * voxelVolumeMl(volume)) / (x * y)] : volume.spacingMm;
}

/** The mask after post-processing, and what the record says of both. */
function finishMask(
  mask: Volume<Uint8Array>,
  postprocessing?: Postprocessing,
  classes?: readonly LabelClass[],
): {
  mask: Volume<Uint8Array>;
  sizes: Pick<PredictionRecord, 'voxels' | 'pancreasMl' | 'beforePostprocessing' | 'classes'>;
} {
  const sizeOf = ({ data }: Volume<Uint8Array>) => ({
    voxels: countForeground(data),
    pancreasMl: countForeground(data) * voxelVolumeMl(mask),
  });
  if (!postprocessing) return { mask, sizes: { ...sizeOf(mask), ...classSizes(mask, classes) } };
  const done = { ...mask, data: postprocessClasses(mask.data, mask.shape, volumeSpacing(mask), postprocessing) };
  const sizes = { ...sizeOf(done), ...classSizes(done, classes) };
  return { mask: done, sizes: { ...sizes, beforePostprocessing: sizeOf(mask) } };
}

/** The files of one input's outputs, the mask first. */
const outputFiles = (
  { name, isPicture }: VolumeInput,
  probability?: boolean,
  classes?: readonly LabelClass[],
): string[] =>
  ['', ...(probability ? probabilitySuffixes(classes) : [])].map(
    (suffix) => `${name}${suffix}${isPicture ? '.png' : '.nii.gz'}`,
  );

type Sizes = Pick<PredictionRecord, 'voxels' | 'pancreasMl' | 'classes' | 'beforePostprocessing'>;

/** Predicts a volume and writes mask and probabilities; what the record says of them. */
async function predictVolumeFile(
  { members, classes }: Ensemble,
  { file, series }: VolumeInput,
  places: readonly string[],
  options: PredictFilesOptions,
  onSlices: (share: number) => void,
): Promise<{ sizes: Sizes; warnings: string[] }> {
  const volume = await openImage(file, { series });
  assertFinite(volume, file);
  const seen = members.map((one) => (one.isOfPictures ? { ...one, windowHu: options.windowHu! } : one));
  const predicted = await predictWith(seen, volume, {
    threshold: options.threshold,
    batchSize: options.batchSize,
    onProgress: (done, total) => onSlices(done / total),
  });
  const { mask, sizes } = finishMask(predicted.mask, options.postprocessing, classes);
  const stored = { ...mask, data: storedValues(mask.data, classes) };
  await writeNifti(places[0], stored, { description: 'axunet pancreas mask' });
  for (const [i, place] of places.slice(1).entries()) {
    const description = `axunet ${classes?.[i].name ?? 'pancreas'} probability`;
    await writeNifti(place, predicted.probabilities[i], { description });
  }
  const unlike = new Set(members.flatMap(({ grid }) => unlikeTraining(volume, grid)));
  return { sizes, warnings: [...volume.warnings, ...unlike] };
}

/** The same of a picture. */
async function predictPictureFile(
  { members }: Ensemble,
  { file }: VolumeInput,
  places: readonly string[],
  options: PredictFilesOptions,
): Promise<{ sizes: Sizes; warnings: string[] }> {
  const { pixels, before, size } = await predictPicture(members, file, places, options);
  const { postprocessing, spacingMm = 1 } = options;
  const affine = [spacingMm, 0, 0, 0, 0, spacingMm, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
  const spacing: Vec3 = [spacingMm, spacingMm, 1];
  const picture = { data: new Uint8Array(), shape: [...size, 1] as const, spacingMm: spacing, affine };
  const warnings = [...new Set(members.flatMap(({ grid }) => unlikeTraining(picture, grid)))];
  return { sizes: { voxels: pixels, ...(postprocessing && { beforePostprocessing: { voxels: before } }) }, warnings };
}

/** Predicts one input unless its outputs are complete. */
async function predictFile(
  ensemble: Ensemble,
  input: VolumeInput,
  options: PredictFilesOptions,
  onSlices: (share: number) => void,
): Promise<{ record: PredictionRecord; computed: boolean }> {
  const { out, threshold = 0.5, mirror, postprocessing, windowHu, spacingMm } = options;
  const made = {
    input: await inputSums(input),
    model: ensemble.sha256,
    threshold,
    ...(mirror?.length && { mirror }),
    ...(postprocessing && { postprocessing }),
    ...(windowHu && { windowHu }),
    ...(spacingMm !== undefined && { spacingMm }),
  };
  const wanted = outputFiles(input, options.probability, ensemble.classes);
  const complete = await readComplete(out, input.name, made, wanted);
  if (complete) return { record: complete, computed: false };
  await assertWritableFolder(out); // before the work that would be lost
  const places = wanted.map((file) => path.join(out, file));
  const { sizes, warnings: odd } = input.isPicture
    ? await predictPictureFile(ensemble, input, places, options)
    : await predictVolumeFile(ensemble, input, places, options, onSlices);
  const outputs = Object.fromEntries(
    await Promise.all(wanted.map(async (file, i) => [file, await sha256File(places[i])] as const)),
  );
  const warnings = [...odd, ...(sizes.voxels === 0 ? ['the mask is empty'] : [])];
  const record: PredictionRecord = { made, outputs, ...sizes, ...(warnings.length > 0 && { warnings }) };
  await writeJson(path.join(out, `${input.name}.json`), record);
  return { record, computed: true };
}

/**
 * Refuses inputs of another kind than the networks were trained on, unless it is said which HU are black and white (and
 * how large a pixel is, where the network's window is in millimetres).
 */
function refuseOtherKind(
  predictors: readonly Predictor[],
  inputs: readonly VolumeInput[],
  { windowHu, spacingMm, postprocessing }: PredictFilesOptions,
): void {
  const [picture, volume] = [true, false].map((kind) => inputs.find(({ isPicture = false }) => isPicture === kind));
  const ofVolumes = predictors.filter(({ isOfPictures }) => !isOfPictures);
  const isStrange = (volume && ofVolumes.length < predictors.length) || (picture && ofVolumes.length > 0);
  const both = 'the HU that are black and white';
  if (volume && ofVolumes.length < predictors.length && !windowHu)
    throw expected(`pictures for a network trained on pictures, or --window with ${both}`, 'a volume', volume.file);
  if (picture && ofVolumes.length > 0 && !windowHu)
    throw expected(`volumes for a network trained on CT, or --window with ${both}`, 'a picture', picture.file);
  if (windowHu && !isStrange)
    throw expected('--window only for data of another kind than the network was trained on', windowHu.join(','));
  const inMm = ofVolumes.some(({ grid }) => grid.unit === 'mm');
  if (picture && inMm && spacingMm === undefined)
    throw expected('--spacing, the mm of a pixel, for a network whose window is in mm', 'none', picture.file);
  if (spacingMm !== undefined && !(picture && inMm))
    throw expected('--spacing only of pictures for a network whose window is in mm', `${spacingMm}`);
  if (picture && predictors.some(({ classes = [] }) => classes.length > 1))
    throw expected(
      'volumes for a network of several classes',
      'a picture, whose mask is black and white',
      picture.file,
    );
  if (picture && typeof postprocessing?.keep === 'object')
    throw expected('--postprocess of pictures without ml', `${postprocessing.keep.minimumMl}ml`);
}

/**
 * Refuses outputs that would take the place of a volume, as when the folder of the scans is named for the masks too.
 */
function refuseOverwriting(
  inputs: readonly VolumeInput[],
  { out, probability }: PredictFilesOptions,
  classes?: readonly LabelClass[],
): void {
  const place = realpathSync(out);
  const written = new Set(
    inputs.flatMap((input) => outputFiles(input, probability, classes)).map((file) => path.join(place, file)),
  );
  for (const { file } of inputs) {
    if (!written.has(path.join(realpathSync(path.dirname(file)), path.basename(file)))) continue;
    throw expected('another folder for the masks than that of the volumes', `outputs that would replace ${file}`, out);
  }
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
  const predictors = [predictor].flat() as Predictor[];
  await makeFolder(options.out);
  refuseOtherKind(predictors, inputs, options);
  refuseOverwriting(inputs, options, predictors[0]?.classes);
  const report: PredictReport = {
    made: [],
    skipped: [],
    failed: [],
    ...(options.postprocessing && { postprocessed: [] }),
  };
  const ensemble = openEnsemble(predictors, options);
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
      if (before?.pancreasMl !== undefined && pancreasMl !== undefined)
        report.postprocessed?.push({ name: input.name, beforeMl: before.pancreasMl, afterMl: pancreasMl });
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
