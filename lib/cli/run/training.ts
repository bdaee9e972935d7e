/** What `axunet train` and `axunet crossval` share: the slices, the folds and the configuration. */

import { startEngine } from 'axunet-engine/engine';
import { type CaseList, type OpenOptions } from '../../dataset/caseList.ts';
import { openDataset } from '../../dataset/cases.ts';
import { type Folds, makeFolds, readFolds } from '../../dataset/folds.ts';
import { describeLabels } from '../../dataset/labelNames.ts';
import { cleanText, expected, messageOf, UserError } from '../../errors.ts';
import type { Manifest } from '../../preprocess/manifest.ts';
import { openSlices, type SliceSet } from '../../preprocess/sliceSet.ts';
import { preprocessDataset } from '../../preprocess/slices.ts';
import { startProgress } from '../../progress.ts';
import { type Profile, projectPath, settings } from '../../settings.ts';
import { parseChanges, readChanges, type TrainChanges, type TrainConfig, trainConfig } from '../../train/config.ts';
import { presetConfig } from '../../train/presets.ts';
import type { ValuesOf } from '../definition.ts';
import { seriesOf } from '../options/series.ts';
import type { configOptions, slicesOptions } from '../options/training.ts';

type ConfigValues = ValuesOf<typeof configOptions>;
type SlicesValues = ValuesOf<typeof slicesOptions>;

export const presetOf = ({ preset }: Pick<ConfigValues, 'preset'>): Profile => preset ?? settings.profile;

/** What is wrong with changes of a configuration; undefined where nothing is. */
function problemIn(changes: TrainChanges, base: TrainConfig): string | undefined {
  try {
    trainConfig(changes, base);
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

/**
 * Reads what the command line asks to change, the most specific last, and returns what makes a configuration of it.
 * That throws a UserError that names the field, and the file of `--config` where the fault is there.
 */
export async function readConfig(values: ConfigValues): Promise<(base: TrainConfig) => TrainConfig> {
  const { config: file } = values;
  const inFile = file ? await readChanges(file) : {};
  const shorthands = (['epochs', 'minutes', 'seed'] as const).flatMap((name) =>
    values[name] === undefined ? [] : [`${name}=${values[name]}`],
  );
  const changes = { ...inFile, ...parseChanges([...values.set, ...shorthands]) };
  return (base) => {
    const problem = problemIn(changes, base);
    if (problem === undefined) return trainConfig(changes, base);
    throw new UserError(problem === problemIn(inFile, base) ? `${problem} in ${file}` : problem);
  };
}

/**
 * Reads what the command line says of a training before any slice is made, so that a fault in it is told at once:
 * what it returns puts the changes on a configuration, and they must fit on `base`. Throws a UserError that names the
 * field or the file.
 */
export async function readTrainingOptions(
  values: ConfigValues & { readonly foldsFile?: string },
  base: TrainConfig = presetConfig(presetOf(values), ''),
): Promise<(base: TrainConfig) => TrainConfig> {
  const changed = await readConfig(values);
  changed(base);
  if (values.foldsFile !== undefined) await readFolds(values.foldsFile);
  return changed;
}

/**
 * The slices of a data set in their usual place, made where they are missing; cases that cannot be made are named on
 * stderr. `command` is who says so.
 */
export async function slicesOfDataset(list: CaseList, preset: Profile, command: string): Promise<SliceSet> {
  const mode = preset === 'paper' ? 'paper' : 'default';
  const parts = [list.dataset.replace(/[^\w.-]+/g, '-'), mode, ...(list.classes ?? []).map(({ name }) => name)];
  const out = projectPath('data', 'slices', parts.join('-'));
  console.log(describeLabels(list));
  const progress = startProgress('preprocess', list.cases.length);
  const manifest = await preprocessDataset(list, {
    out,
    mode,
    onProgress: (done, _, note) => progress.update(done, note),
  });
  progress.finish();
  tellDoubts(manifest, command);
  return openSlices(out);
}

/** Cases that slices could not be made of, and what is odd in the files of the others. */
function tellDoubts({ failed, cases }: Manifest, command: string): void {
  for (const { id, reason } of failed)
    console.error(`axunet ${command}: case ${cleanText(id)} is left out: ${cleanText(reason)}`);
  for (const { id, warnings = [] } of cases)
    for (const message of warnings)
      console.error(`axunet ${command}: warning: case ${cleanText(id)}: ${cleanText(message)}`);
}

/** Slices that were made before; what their manifest says of failed and odd cases is told again. */
export async function openMadeSlices(folder: string, command: string): Promise<SliceSet> {
  const slices = await openSlices(folder);
  tellDoubts(slices.manifest, command);
  return slices;
}

/** Slices that were made before, or those of a data set, with the classes that `labels` keeps apart. */
export async function slicesFor(
  values: SlicesValues & ConfigValues & { readonly labels?: OpenOptions },
  command: string,
): Promise<SliceSet> {
  const { dataset, data, slices, labels, series } = values;
  if (slices !== undefined && labels)
    throw expected('--labels with --dataset (axunet preprocess --labels makes slices with classes)', '--slices');
  if (slices !== undefined && series !== undefined)
    throw expected('--series with --dataset (axunet preprocess --series makes slices of one)', '--slices');
  if (slices !== undefined) return openMadeSlices(slices, command);
  return slicesOfDataset(
    await openDataset(dataset!, data, { ...labels, ...seriesOf(values) }),
    presetOf(values),
    command,
  );
}

/** Patient → group, for the patients of a slice set that have one. */
export const groupsOf = ({ manifest }: SliceSet): Record<string, string> =>
  Object.fromEntries(manifest.cases.flatMap(({ patient, group }) => (group ? [[patient, group]] : [])));

/** The folds in a file, else 4 seeded ones balanced by group. */
export async function foldsFor(file: string | undefined, slices: SliceSet, seed: number): Promise<Folds> {
  const patients = [...new Set(slices.entries.map(({ patient }) => patient))];
  return file === undefined ? makeFolds(patients, { seed, groups: groupsOf(slices) }) : readFolds(file, patients);
}

/** Starts the engine and says which. */
export async function startTold(): Promise<void> {
  const engine = await startEngine();
  console.log(`engine: ${engine.description}${engine.fallbackReason ? ` (${engine.fallbackReason})` : ''}`);
}
