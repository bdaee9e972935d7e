/**
 * Many volumes to many masks. One after the other, each output complete or absent, what is complete is skipped, and
 * one bad file does not stop the others, so a cut-off run is simply started again.
 */
import { existsSync, realpathSync, statSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import type { tf } from 'axunet-engine/engine';
import {
  areSameClasses,
  describeClasses,
  type LabelClass,
  probabilitySuffixes,
  storedValues,
} from '../dataset/classes.ts';
import { expected, messageOf } from '../errors.ts';
import { sha256File, writeJson } from '../io/files.ts';
import { assertFinite, niftiFiles, writeNifti } from '../io/nifti.ts';
import { openImage } from '../io/openVolume.ts';
import { anything, dictionary, natural, object, optional, readJsonIfGood, realNumber, text } from '../io/schema.ts';
import { shearDegrees, type Vec3, type Volume, voxelVolumeMl } from '../volume/volume.ts';
import { type MirrorAxis, mirrorNetwork } from './mirror.ts';
import { type Postprocessing, postprocessClasses } from './postprocess.ts';
import { foregroundNetwork } from './slices.ts';
import { unlikeTraining } from './unlikeTraining.ts';
import { type Member, type PredictVolumeOptions, predictWith } from './volume.ts';

/** A trained network with what its input must look like. */
export interface Predictor extends Pick<PredictVolumeOptions, 'grid' | 'windowHu'> {
  readonly model: tf.LayersModel;
  /** Tells this network's weights from others'. */
  readonly sha256: string;
  /** The classes that it keeps apart; absent: pancreas alone, stored as 1. */
  readonly classes?: readonly LabelClass[];
  /** Whether it was trained on pictures, without HU and millimetres. */
  readonly isOfPictures?: boolean;
}

/** A file to be predicted and the name that its mask gets. */
export interface VolumeInput {
  readonly file: string;
  /** File name without `.nii.gz`; names the outputs. */
  readonly name: string;
}

/** Where masks go, what is written beside them, and how they are made. */
export interface PredictFilesOptions extends Pick<PredictVolumeOptions, 'threshold' | 'batchSize'> {
  /**
   * Folder for `<name>.nii.gz`, `<name>.json` and, when asked for, `<name>_probability.nii.gz`, of several classes
   * `<name>_probability_<class>.nii.gz`.
   */
  readonly out: string;
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
  /** Of each class by name, where several are kept apart; above they are counted together. */
  readonly classes?: Readonly<Record<string, { readonly value: number; readonly voxels: number; readonly ml: number }>>;
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
  beforePostprocessing: optional(object({ voxels: natural, pancreasMl: realNumber })),
});

const niftiName = /^(?!\.)(.+?)(\.nii(\.gz)?|\.hdr(\.gz)?)$/i;

/**
 * The volumes in the given folders (not in folders inside them) and files, folders sorted by name.
 * Throws when a path does not exist, a folder holds no volume, or two inputs would have one output.
 */
export async function findVolumes(paths: readonly string[]): Promise<VolumeInput[]> {
  const found: VolumeInput[] = [];
  for (const place of paths) {
    if (!existsSync(place)) throw expected('a NIfTI file or a folder of them', 'nothing', place);
    const folder = statSync(place).isDirectory();
    const files = folder ? (await readdir(place)).sort().map((name) => path.join(place, name)) : [place];
    const inputs = files.flatMap((file) => {
      const name = niftiName.exec(path.basename(file))?.[1];
      return name ? [{ file, name }] : [];
    });
    const wanted = folder ? 'NIfTI files' : 'the name of a NIfTI file';
    if (inputs.length === 0) throw expected(`${wanted} (.nii, .nii.gz, .hdr)`, 'none', place);
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

async function sourceSums(file: string): Promise<Record<string, string>> {
  return Object.fromEntries(
    await Promise.all(niftiFiles(file).map(async (part) => [path.basename(part), await sha256File(part)] as const)),
  );
}

/** The record of a prediction that is complete and unchanged on disk. */
async function readComplete(
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
interface Ensemble extends Pick<Predictor, 'classes'> {
  readonly members: readonly Member[];
  readonly sha256: string;
}

/** Networks of one input each. Throws a UserError for none, one that is given twice, and different windows or classes. */
function openEnsemble(predictors: readonly Predictor[], { mirror = [], threshold }: PredictFilesOptions): Ensemble {
  const [first, ...others] = predictors;
  if (!first) throw expected('a network to predict with', 'none');
  if (new Set(predictors.map(({ sha256 }) => sha256)).size < predictors.length)
    throw expected('different networks to average', 'one of them twice');
  const other = others.find(({ windowHu }) => windowHu.join() !== first.windowHu.join());
  if (other) {
    const windows = `${first.windowHu.join(' to ')} HU and ${other.windowHu.join(' to ')} HU`;
    throw expected('networks that were trained with one HU window, to average them', windows);
  }
  if ((first.classes?.length ?? 1) > 1 && threshold !== undefined && threshold !== 0.5)
    throw expected('no --threshold of a network with several classes, of which the likeliest is taken', `${threshold}`);
  const stranger = others.find(({ classes }) => !areSameClasses(classes, first.classes));
  if (stranger) {
    const [own, theirs] = [first, stranger].map(({ classes }) => (classes ? describeClasses(classes) : 'no named one'));
    throw expected('networks of the same classes, to average them', `${own} and ${theirs}`);
  }
  // The order on the command line must not matter.
  const ordered = predictors.toSorted((a, b) => (a.sha256 < b.sha256 ? -1 : 1));
  const memberOf = ({ model, grid, windowHu, isOfPictures }: Predictor): Member => {
    const network = mirrorNetwork(foregroundNetwork(model), mirror);
    return { grid, windowHu, isOfPictures, network };
  };
  const sha256 = ordered.map((one) => one.sha256).join('+');
  return { members: ordered.map(memberOf), sha256, classes: first.classes };
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

/** The files of one volume's outputs, the mask first. */
const outputFiles = (name: string, probability?: boolean, classes?: readonly LabelClass[]): string[] =>
  ['', ...(probability ? probabilitySuffixes(classes) : [])].map((suffix) => `${name}${suffix}.nii.gz`);

/** Predicts one volume unless its outputs are complete. */
async function predictFile(
  ensemble: Ensemble,
  input: VolumeInput,
  options: PredictFilesOptions,
  onSlices: (share: number) => void,
): Promise<{ record: PredictionRecord; computed: boolean }> {
  const { out, threshold = 0.5, batchSize, mirror, postprocessing } = options;
  const made = {
    input: await sourceSums(input.file),
    model: ensemble.sha256,
    threshold,
    ...(mirror?.length && { mirror }),
    ...(postprocessing && { postprocessing }),
  };
  const { members, classes } = ensemble;
  const wanted = outputFiles(input.name, options.probability, classes);
  const complete = await readComplete(out, input.name, made, wanted);
  if (complete) return { record: complete, computed: false };
  const volume = await openImage(input.file);
  assertFinite(volume, input.file);
  const predicted = await predictWith(members, volume, {
    threshold,
    batchSize,
    onProgress: (done, total) => onSlices(done / total),
  });
  const { mask, sizes } = finishMask(predicted.mask, postprocessing, classes);
  const stored = { ...mask, data: storedValues(mask.data, classes) };
  await writeNifti(path.join(out, wanted[0]), stored, { description: 'axunet pancreas mask' });
  for (const [i, file] of wanted.slice(1).entries()) {
    const description = `axunet ${classes?.[i].name ?? 'pancreas'} probability`;
    await writeNifti(path.join(out, file), predicted.probabilities[i], { description });
  }
  const outputs = Object.fromEntries(
    await Promise.all(wanted.map(async (file) => [file, await sha256File(path.join(out, file))] as const)),
  );
  const warnings = [
    ...volume.warnings,
    ...new Set(members.flatMap(({ grid }) => unlikeTraining(volume, grid))),
    ...(sizes.voxels === 0 ? ['the mask is empty'] : []),
  ];
  const record: PredictionRecord = { made, outputs, ...sizes, ...(warnings.length > 0 && { warnings }) };
  await writeJson(path.join(out, `${input.name}.json`), record);
  return { record, computed: true };
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
    inputs.flatMap(({ name }) => outputFiles(name, probability, classes)).map((file) => path.join(place, file)),
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
  await mkdir(options.out, { recursive: true });
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
