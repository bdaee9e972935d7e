/** A run folder from weights that another program trained, for `axunet predict` and `axunet export`. */
import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { cleanText, expected } from '../errors.ts';
import { sha256File, writeJson } from '../io/files.ts';
import { packageVersion } from '../io/packageVersion.ts';
import { createAxUnet, type ModelConfig, modelConfig, type Variant } from '../model/axunet.ts';
import { NetworkLayer, type WeightRole } from '../model/layer.ts';
import { nativeGrid } from '../preprocess/grid.ts';
import { paperWindowHu, type WindowHu } from '../preprocess/window.ts';
import type { NamedArrays } from '../step/step.ts';
import { saveCheckpoint, slotFolders } from '../train/checkpoint.ts';
import { trainConfig } from '../train/config.ts';
import type { RunDescription } from '../train/description.ts';
import { startPosition } from '../train/position.ts';
import { readPdparams } from './paddleFile.ts';
import { paddleName, variantOfNames } from './paddleNames.ts';

/** What the file does not say about its network; the defaults are the reference's. */
export interface ImportOptions {
  readonly variant?: Variant;
  /** Dilations of the ASPP block: 2, 4, 6, of the variant `grouped` 12, 24, 36. */
  readonly asppRates?: readonly [number, number, number];
  /** Height and width in pixels of the slices that it saw: 512 × 512. */
  readonly size?: readonly [number, number];
  /** The HU that it saw as 0 and as 1: ±1024. */
  readonly windowHu?: WindowHu;
  /** On which data set it was trained, for those who use it. */
  readonly dataset?: string;
  /** Replaces an earlier import; never a training run. */
  readonly force?: boolean;
}

/** What came of an import. */
export interface ImportedRun {
  readonly description: RunDescription;
  /** Names in the file that the network has no place for. */
  readonly unused: readonly string[];
}

/** The file that tells an imported run from a trained one. */
const importFile = 'import.json';

/** The first of some names, and how many more there are. */
const listed = (names: readonly string[], most = 5): string => {
  const shown = names
    .slice(0, most)
    .map((name) => cleanText(name))
    .join(', ');
  return names.length > most ? `${shown} and ${names.length - most} more` : shown;
};

/** Throws where something is in the way; removes an earlier import where that is to be replaced. */
async function makeRoom(folder: string, force: boolean): Promise<void> {
  const isImport = existsSync(path.join(folder, importFile)) && !existsSync(path.join(folder, slotFolders.last[0]));
  const entries = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  if (entries.length === 0) return;
  if (!isImport) throw expected('a folder that is empty or not there yet', 'one with other things in it', folder);
  if (!force) throw expected('a folder that is not there yet, or --force to replace the import', 'one', folder);
  for (const slot of slotFolders.best) await rm(path.join(folder, slot), { recursive: true, force: true });
}

/** The shape of the network in the file, as far as its arrays tell it. */
function modelOf(
  arrays: NamedArrays,
  file: string,
  { variant, asppRates, size = [512, 512] }: ImportOptions,
): ModelConfig {
  const shapeOf = (weight: string): readonly number[] => {
    const found = arrays[paddleName(weight)];
    if (found?.shape.length === 4) return found.shape;
    throw expected(
      `the weights of the reference's network, such as ${paddleName(weight)}`,
      listed(Object.keys(arrays)),
      file,
    );
  };
  const [width, inputChannels] = shapeOf('c1/conv1/kernel');
  const [classes] = shapeOf('c10/conv/kernel');
  const chosen = variant ?? variantOfNames(new Set(Object.keys(arrays)));
  if (inputChannels !== 3) throw expected('a network of 3 neighbouring slices', `one of ${inputChannels}`, file);
  const rates = asppRates ?? (chosen === 'grouped' ? [12, 24, 36] : [2, 4, 6]);
  const grid = nativeGrid(...size);
  return modelConfig({ variant: chosen, width, classes, inputSize: [...grid.size], asppRates: [...rates] });
}

/**
 * An array of the reference in our order of axes. Kernels are [out, in, k, k] there and [k, k, in, out] here;
 * depthwise [c, 1, k, k] and [k, k, c, 1]; transposed [in, out, k, k] and [k, k, out, in].
 */
function inOurOrder({ shape, data }: NamedArrays[string], role: WeightRole): NamedArrays[string] {
  if (role === 'zeros' || role === 'ones') return { shape, data };
  const [first, second, height, width] = shape as [number, number, number, number];
  const taps = height * width;
  const [a, b] = role === 'depthwise' ? [first, second] : [second, first];
  const out = new Float32Array(data.length);
  for (let tap = 0, p = 0; tap < taps; tap++)
    for (let i = 0; i < a; i++)
      for (let j = 0; j < b; j++)
        out[p++] = data[(role === 'depthwise' ? i * second + j : j * second + i) * taps + tap]!;
  return { shape: [height, width, a, b], data: out };
}

/** Our weights out of those of the file; throws naming what is missing and what has another shape. */
function takeWeights(
  arrays: NamedArrays,
  config: ModelConfig,
  file: string,
): { weights: NamedArrays; unused: readonly string[] } {
  const model = createAxUnet(config);
  const weights: Record<string, NamedArrays[string]> = {};
  const [missing, misfits]: [string[], string[]] = [[], []];
  const unused = new Set(Object.keys(arrays));
  for (const layer of model.layers) {
    if (!(layer instanceof NetworkLayer)) continue;
    for (const [part, variable] of layer.named) {
      const name = paddleName(`${layer.name}/${part}`);
      const found = arrays[name];
      unused.delete(name);
      if (!found) {
        missing.push(name);
        continue;
      }
      const ours = found.shape.length === variable.shape.length ? inOurOrder(found, layer.roles.get(part)!) : found;
      if (ours.shape.join() === variable.shape.join()) weights[`${layer.name}/${part}`] = ours;
      else misfits.push(`${name} [${found.shape}]`);
    }
  }
  model.dispose();
  const what = `the weights of a network "${config.variant}" of width ${config.width}`;
  if (missing.length) throw expected(what, `no ${listed(missing)}`, file);
  if (misfits.length) throw expected(what, `other shapes: ${listed(misfits)}`, file);
  return { weights, unused: [...unused] };
}

/**
 * Makes a run folder from the weights of the reference's network in a `.pdparams` file. It predicts as the reference
 * does: slices of `size` as they are, ±1024 HU. The engine must have been started. Throws a UserError that names what
 * is missing in the file or has another shape, and where something is in the folder already.
 */
export async function importPdparams(file: string, out: string, options: ImportOptions = {}): Promise<ImportedRun> {
  const { size = [512, 512], windowHu = paperWindowHu, dataset = 'unknown', force = false } = options;
  const arrays = await readPdparams(file);
  const model = modelOf(arrays, file, options);
  const { weights, unused } = takeWeights(arrays, model, file);
  const sha256 = await sha256File(file);
  const isPaper = windowHu.join() === paperWindowHu.join();
  const description: RunDescription = {
    axunet: packageVersion(),
    config: trainConfig({ variant: model.variant, width: model.width, asppRates: model.asppRates }),
    model,
    grid: nativeGrid(...size),
    data: { dataset, mode: isPaper ? 'paper' : 'default', windowHu, unit: 'mm', slices: 0, sha256 },
    patients: { training: [], validation: [] },
  };
  await makeRoom(out, force);
  const meta = { description, position: startPosition() };
  await saveCheckpoint(out, 'best', { meta, arrays: { weights } });
  await writeJson(path.join(out, 'config.json'), description);
  await writeJson(path.join(out, importFile), { file: path.basename(file), sha256, unused });
  return { description, unused };
}
