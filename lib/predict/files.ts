/**
 * Many volumes to many masks. One after the other, each output complete or absent, what is complete is skipped, and
 * one bad file does not stop the others, so a cut-off run is simply started again.
 */
import { existsSync, realpathSync, statSync } from 'node:fs';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { tf } from '../engine/engine.ts';
import { expected, messageOf } from '../errors.ts';
import { sha256File, writeJson } from '../io/files.ts';
import { assertFinite, readNifti, writeNifti } from '../io/nifti.ts';
import { voxelVolumeMl } from '../volume/volume.ts';
import { foregroundNetwork, type ForegroundNetwork } from './slices.ts';
import { predictVolume, type PredictVolumeOptions } from './volume.ts';

/** A trained network with what its input must look like. */
export interface Predictor extends Pick<PredictVolumeOptions, 'grid' | 'windowHu'> {
  readonly model: tf.LayersModel;
  /** Tells this network's weights from others'. */
  readonly sha256: string;
}

export interface VolumeInput {
  readonly file: string;
  /** File name without `.nii.gz`; names the outputs. */
  readonly name: string;
}

export interface PredictFilesOptions extends Pick<PredictVolumeOptions, 'threshold' | 'batchSize'> {
  /** Folder for `<name>.nii.gz`, `<name>.json` and, when asked for, `<name>_probability.nii.gz`. */
  readonly out: string;
  readonly probability?: boolean;
  /** Called before each volume, after each batch of slices and after each volume; `done` counts volumes, in parts too. */
  readonly onProgress?: (done: number, total: number, note: string) => void;
}

export interface PredictReport {
  readonly made: string[];
  /** Complete already: same input, same network, same options, outputs as they were written. */
  readonly skipped: string[];
  readonly failed: { readonly file: string; readonly reason: string }[];
}

/** What `<name>.json` says; it is written last, so it stands for complete outputs. */
interface PredictionRecord {
  readonly made: { readonly input: Readonly<Record<string, string>>; readonly model: string; readonly threshold: number };
  /** sha256 by file name. */
  readonly outputs: Readonly<Record<string, string>>;
  readonly pancreasMl: number;
  readonly voxels: number;
}

const niftiName = /^(?!\.)(.+?)(\.nii(\.gz)?|\.hdr)$/i;

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
    if (inputs.length === 0) throw expected(folder ? 'NIfTI files (.nii, .nii.gz, .hdr)' : 'the name of a NIfTI file (.nii, .nii.gz, .hdr)', 'none', place);
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
  const parts = /\.hdr$/i.test(file) ? [file, file.replace(/hdr$/i, 'img')] : [file];
  return Object.fromEntries(await Promise.all(parts.map(async (part) => [path.basename(part), await sha256File(part)] as const)));
}

/** The record of a prediction that is complete and unchanged on disk. */
async function readComplete(out: string, name: string, made: PredictionRecord['made'], wanted: readonly string[]): Promise<PredictionRecord | undefined> {
  try {
    const record = JSON.parse(await readFile(path.join(out, `${name}.json`), 'utf8')) as PredictionRecord;
    if (JSON.stringify(record.made) !== JSON.stringify(made)) return undefined;
    for (const file of wanted) if (record.outputs[file] !== (await sha256File(path.join(out, file)))) return undefined;
    return record;
  } catch {
    return undefined; // absent or damaged: made again
  }
}

/** Predicts one volume unless its outputs are complete; true when it was computed. */
async function predictFile(predictor: Predictor, network: ForegroundNetwork, input: VolumeInput, options: PredictFilesOptions, onSlices: (share: number) => void): Promise<boolean> {
  const { out, threshold = 0.5, batchSize } = options;
  const made = { input: await sourceSums(input.file), model: predictor.sha256, threshold };
  const maskFile = `${input.name}.nii.gz`;
  const wanted = options.probability ? [maskFile, `${input.name}_probability.nii.gz`] : [maskFile];
  if (await readComplete(out, input.name, made, wanted)) return false;
  const volume = await readNifti(input.file);
  assertFinite(volume, input.file);
  const { mask, probability } = await predictVolume(predictor.model, volume, {
    grid: predictor.grid, windowHu: predictor.windowHu, threshold, batchSize, network, onProgress: (done, total) => onSlices(done / total),
  });
  await writeNifti(path.join(out, wanted[0]), mask, { description: 'axunet pancreas mask' });
  if (options.probability) await writeNifti(path.join(out, wanted[1]), probability, { description: 'axunet pancreas probability' });
  const voxels = mask.data.reduce((sum, v) => sum + v, 0);
  const outputs = Object.fromEntries(await Promise.all(wanted.map(async (file) => [file, await sha256File(path.join(out, file))] as const)));
  const record: PredictionRecord = { made, outputs, voxels, pancreasMl: voxels * voxelVolumeMl(mask) };
  await writeJson(path.join(out, `${input.name}.json`), record);
  return true;
}

/** Refuses outputs that would take the place of a volume, as when the folder of the scans is named for the masks too. */
function refuseOverwriting(inputs: readonly VolumeInput[], { out, probability }: PredictFilesOptions): void {
  const place = realpathSync(out);
  const written = new Set(inputs.flatMap(({ name }) => [`${name}.nii.gz`, ...(probability ? [`${name}_probability.nii.gz`] : [])]).map((file) => path.join(place, file)));
  for (const { file } of inputs) {
    if (!written.has(path.join(realpathSync(path.dirname(file)), path.basename(file)))) continue;
    throw expected('another folder for the masks than that of the volumes', `outputs that would replace ${file}`, out);
  }
}

/** Predicts all inputs. A volume that cannot be read or written is named in `failed`; the others are made all the same. */
export async function predictFiles(predictor: Predictor, inputs: readonly VolumeInput[], options: PredictFilesOptions): Promise<PredictReport> {
  await mkdir(options.out, { recursive: true });
  refuseOverwriting(inputs, options);
  const report: PredictReport = { made: [], skipped: [], failed: [] };
  const network = foregroundNetwork(predictor.model);
  async function predictOne(input: VolumeInput, i: number): Promise<void> {
    const tell = (share: number, note: string): void => options.onProgress?.(i + share, inputs.length, note);
    try {
      tell(0, input.name);
      const computed = await predictFile(predictor, network, input, options, (share) => tell(Math.min(share, 0.99), input.name));
      (computed ? report.made : report.skipped).push(input.name);
      tell(1, `${input.name} ${computed ? 'done' : 'was complete'}`);
    } catch (error) {
      report.failed.push({ file: input.file, reason: messageOf(error) });
      tell(1, `${input.name} failed`);
    }
  }
  try {
    for (const [i, input] of inputs.entries()) await predictOne(input, i);
  } finally {
    network.close();
  }
  return report;
}
