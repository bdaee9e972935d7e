/** A trained network as files for other programs. Nothing is overwritten unasked. */
import { type Stats, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { tf } from 'axunet-engine';
import { expected, shownText } from '../errors.ts';
import { writeFileAtomic, writeJson } from '../io/files.ts';
import { isPackedRun, packRun } from '../weights/packedRun.ts';
import { type About, aboutNetwork, type KnownNetwork } from './about.ts';
import { onnxFile } from './onnx.ts';
import { type Network, networkOperations } from './operations.ts';
import type { Message } from './protobuf.ts';
import { savedModelFile } from './savedModel.ts';
import { tfjsFiles } from './tfjs.ts';

/** Where each format goes; a format without a place is not written. */
export interface ExportTargets {
  /** A file. */
  readonly onnx?: string;
  /** A folder for `model.json`, `weights.bin` and `axunet.json`. */
  readonly tfjs?: string;
  /** A folder for `saved_model.pb` and `axunet.json`. */
  readonly savedModel?: string;
  /** A file, which `loadNetwork` reads too. */
  readonly safetensors?: string;
  /** Kernels of the safetensors file in 16 bits. */
  readonly half?: boolean;
  /** The ids of patients in the safetensors file, and not only how many there were. */
  readonly patients?: boolean;
  /** Files of these names are replaced; without it whatever is there is an error. */
  readonly force?: boolean;
}

/** The network of a run and what its checkpoint says; `loadRun` gives it. */
export interface ExportedNetwork extends KnownNetwork {
  readonly model: tf.LayersModel;
}

/** Formats by name of their target. */
export const exportFormats = ['onnx', 'tfjs', 'savedModel', 'safetensors'] as const;

const statusOf = (place: string): Stats | undefined => statSync(place, { throwIfNoEntry: false });

function assertFreeFile(file: string, force: boolean): void {
  const found = statusOf(file);
  if (found?.isDirectory()) throw expected('the name of a file', 'a folder', file);
  if (found && !force) throw expected('a file that is not there yet, or --force to replace it', 'one', file);
}

async function assertFreeFolder(folder: string, force: boolean): Promise<void> {
  const found = statusOf(folder);
  if (!found) return;
  if (!found.isDirectory()) throw expected('the name of a folder', 'a file', folder);
  const count = (await readdir(folder)).length;
  const wanted = 'a folder that is empty or not there yet, or --force to replace files in it';
  if (count > 0 && !force) throw expected(wanted, `one with ${count} in it`, folder);
}

/** More than this a file in protocol buffers cannot hold. */
const mostBytes = 2 ** 31 - 1;

async function writeMessage(file: string, content: Message): Promise<void> {
  const size = content.reduce((sum, { length }) => sum + length, 0);
  if (size > mostBytes) throw expected('a network of less than 2 GB for this format', `${size} bytes`, file);
  await writeFileAtomic(file, content);
}

async function writeTfjs(folder: string, network: Network, about: About): Promise<void> {
  const { model, weights } = await tfjsFiles(network);
  await writeFileAtomic(path.join(folder, 'weights.bin'), weights);
  await writeJson(path.join(folder, 'axunet.json'), about);
  await writeJson(path.join(folder, 'model.json'), model);
}

async function writeSavedModel(folder: string, network: Network, about: About): Promise<void> {
  await writeJson(path.join(folder, 'axunet.json'), about);
  await writeMessage(path.join(folder, 'saved_model.pb'), savedModelFile(network));
}

/**
 * Writes a network in the formats asked for and returns the files and folders made. The engine must have been started.
 * Throws a UserError, before anything is written, when no format is asked for or a place is taken.
 */
export async function exportNetwork(trained: ExportedNetwork, targets: ExportTargets): Promise<string[]> {
  const { onnx, tfjs, savedModel, safetensors, half: isHalf = false, force = false } = targets;
  for (const file of [onnx, safetensors]) if (file !== undefined) assertFreeFile(file, force);
  for (const folder of [tfjs, savedModel]) if (folder !== undefined) await assertFreeFolder(folder, force);
  const made = exportFormats.flatMap((format) => targets[format] ?? []);
  if (made.length === 0) throw expected('a format to export to (--onnx, --tfjs, --saved-model, --safetensors)', 'none');
  if (new Set(made.map((place) => path.resolve(place))).size < made.length)
    throw expected('a place of its own for each format', 'one given twice', made[0]);
  if (safetensors === undefined && (isHalf || targets.patients))
    throw expected(`--${isHalf ? 'half' : 'patients'} only with --safetensors`, 'it alone');
  if (safetensors !== undefined && !isPackedRun(safetensors))
    throw expected('a name that ends with .safetensors', shownText(path.basename(safetensors)));
  const about = aboutNetwork(trained);
  const network = await networkOperations(trained.model);
  if (onnx !== undefined) await writeMessage(onnx, onnxFile(network, about));
  if (tfjs !== undefined) await writeTfjs(tfjs, network, about);
  if (savedModel !== undefined) await writeSavedModel(savedModel, network, about);
  if (safetensors !== undefined)
    await packRun(trained, safetensors, {
      isHalf,
      texts: about,
      keepsPatients: targets.patients,
    });
  return made;
}
