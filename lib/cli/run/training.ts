/** What `axunet train` and `axunet crossval` share: the slices, the folds and the configuration. */

import { startEngine } from 'axunet-engine/engine';
import { type CaseList, type OpenOptions } from '../../dataset/caseList.ts';
import { openDataset } from '../../dataset/cases.ts';
import { type Folds, makeFolds, readFolds } from '../../dataset/folds.ts';
import { describeLabels } from '../../dataset/labelNames.ts';
import { cleanText, expected, messageOf, UserError } from '../../errors.ts';
import { type PlanFile, readConfigFile } from '../../plan/planFile.ts';
import type { Manifest } from '../../preprocess/manifest.ts';
import { openSlices, type SliceSet } from '../../preprocess/sliceSet.ts';
import { preprocessDataset } from '../../preprocess/slices.ts';
import { startProgress } from '../../progress.ts';
import { type Profile, projectPath, settings } from '../../settings.ts';
import { parseChanges, type TrainChanges, type TrainConfig, trainConfig } from '../../train/config.ts';
import { presetConfig } from '../../train/presets.ts';
import type { ValuesOf } from '../definition.ts';
import { withPlanned } from '../options/labelMap.ts';
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

/** The file's changes without its minutes where epochs are typed, and the other way round. */
function withoutOtherTime({ minutes, epochs, ...others }: TrainChanges, typed: TrainChanges): TrainChanges {
  return {
    ...others,
    ...(minutes !== undefined && typed.epochs == null && { minutes }),
    ...(epochs !== undefined && typed.minutes == null && { epochs }),
  };
}

/** The plan in the file of `--config`, where it is one. */
export const planIn = async ({ config }: Pick<ConfigValues, 'config'>): Promise<PlanFile | undefined> =>
  config === undefined ? undefined : (await readConfigFile(config)).plan;

/**
 * Reads what the command line asks to change, the most specific last, and returns what makes a configuration of it.
 * That throws a UserError that names the field, and the file of `--config` where the fault is there.
 */
export async function readConfig(values: ConfigValues): Promise<(base: TrainConfig) => TrainConfig> {
  const { config: file } = values;
  const inFile = file ? (await readConfigFile(file)).changes : {};
  const shorthands = (['epochs', 'minutes', 'seed'] as const).flatMap((name) =>
    values[name] === undefined ? [] : [`${name}=${values[name]}`],
  );
  const typed = parseChanges([...values.set, ...shorthands]);
  const changes = { ...withoutOtherTime(inFile, typed), ...typed };
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
  values: ConfigValues & FoldsValues,
  base: TrainConfig = presetConfig(presetOf(values), ''),
): Promise<(base: TrainConfig) => TrainConfig> {
  const changed = await readConfig(values);
  changed(base);
  if (values.foldsFile === undefined) return changed;
  if (values.foldsSeed !== undefined) throw expected('either --folds-file or --folds-seed', 'both');
  await readFolds(values.foldsFile);
  return changed;
}

/**
 * The slices of a data set in their usual place, made where they are missing; cases that cannot be made are named on
 * stderr. `command` is who says so. A plan says the window; slices of another one than usual have a place of their own.
 */
export async function slicesOfDataset(
  list: CaseList,
  preset: Profile,
  command: string,
  plan?: PlanFile,
): Promise<SliceSet> {
  const mode = preset === 'paper' && !plan ? 'paper' : 'default';
  const windowHu = plan?.preprocess.windowHu;
  const place = windowHu ? [`hu${windowHu.join('to')}`] : [];
  const classes = (list.classes ?? []).map(({ name }) => name);
  const parts = [list.dataset.replace(/[^\w.-]+/g, '-'), mode, ...place, ...classes];
  const out = projectPath('data', 'slices', parts.join('-'));
  console.log(describeLabels(list));
  const progress = startProgress('preprocess', list.cases.length);
  const manifest = await preprocessDataset(list, {
    out,
    mode,
    windowHu,
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

/**
 * Slices that were made before; what their manifest says of failed and odd cases is told again. Throws where a plan
 * says another window than they have.
 */
export async function openMadeSlices(folder: string, command: string, plan?: PlanFile): Promise<SliceSet> {
  const slices = await openSlices(folder);
  const [planned, made] = [plan?.preprocess.windowHu, slices.manifest.windowHu].map((window) => window?.join(' to '));
  if (plan && planned !== made)
    throw expected(`slices of the plan's window (${planned ?? 'grey values'})`, made ?? 'grey values', folder);
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
  const plan = await planIn(values);
  if (slices !== undefined && series !== undefined)
    throw expected('--series with --dataset (axunet preprocess --series makes slices of one)', '--slices');
  if (slices !== undefined) return openMadeSlices(slices, command, plan);
  const list = await openDataset(
    dataset!,
    data,
    withPlanned({ ...labels, ...seriesOf(values) }, plan?.preprocess.labels),
  );
  return slicesOfDataset(list, presetOf(values), command, plan);
}

/** Patient → group, for the patients of a slice set that have one. */
export const groupsOf = ({ manifest }: SliceSet): Record<string, string> =>
  Object.fromEntries(manifest.cases.flatMap(({ patient, group }) => (group ? [[patient, group]] : [])));

/** What the command line says of the folds. */
interface FoldsValues {
  readonly foldsFile?: string;
  readonly foldsSeed?: number;
}

/** The folds in a file, else seeded ones balanced by group: as many as the plan says, without one 4. */
export async function foldsFor(
  values: FoldsValues & Pick<ConfigValues, 'config'>,
  slices: SliceSet,
  trainingSeed: number,
): Promise<Folds> {
  const { foldsSeed: seed = trainingSeed } = values;
  const patients = [...new Set(slices.entries.map(({ patient }) => patient))];
  if (values.foldsFile !== undefined) return readFolds(values.foldsFile, patients);
  const count = (await planIn(values))?.folds ?? undefined;
  return makeFolds(patients, { count, seed, groups: groupsOf(slices) });
}

/** Starts the engine and says which. */
export async function startTold(): Promise<void> {
  const engine = await startEngine();
  console.log(`engine: ${engine.description}${engine.fallbackReason ? ` (${engine.fallbackReason})` : ''}`);
}
