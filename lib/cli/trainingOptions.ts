/** Options that `axunet train` and `axunet crossval` share: the data, the folds and the configuration. */

import { startEngine } from 'axunet-engine/engine';
import { type CaseList } from '../dataset/caseList.ts';
import { openDataset } from '../dataset/cases.ts';
import { type Folds, makeFolds, readFolds } from '../dataset/folds.ts';
import { expected } from '../errors.ts';
import { readJson } from '../io/files.ts';
import { openSlices, type SliceSet } from '../preprocess/sliceSet.ts';
import { preprocessDataset } from '../preprocess/slices.ts';
import { startProgress } from '../progress.ts';
import { type Profile, profiles, projectPath, settings } from '../settings.ts';
import { parseChanges, type TrainChanges } from '../train/config.ts';

export const trainingOptions = {
  slices: { type: 'string' },
  dataset: { type: 'string' },
  data: { type: 'string' },
  out: { type: 'string' },
  fold: { type: 'string' },
  'folds-file': { type: 'string' },
  preset: { type: 'string' },
  config: { type: 'string' },
  set: { type: 'string', multiple: true, default: [] as string[] },
  epochs: { type: 'string' },
  minutes: { type: 'string' },
  seed: { type: 'string' },
} as const;

/** The last lines of both commands' help. */
export const trainingHelp = `  --preset P      ${profiles.join(', ')} (default: AXUNET_PROFILE); paper is the reference's run
  --config FILE   options as JSON
  --set NAME=V    one option, such as --set width=16 --set optimizer.name=adam; may be repeated
  --epochs N, --minutes M, --seed S   shorthands; with --minutes the learning rate follows the clock`;

type Text = string | undefined;

export function presetOf({ preset = settings.profile }: { preset?: Text }): Profile {
  if ((profiles as readonly string[]).includes(preset)) return preset as Profile;
  throw expected(`--preset to be one of ${profiles.join(', ')}`, `"${preset}"`);
}

/** Throws for what is no whole number; `splitFold` knows whether there is such a fold. */
export function foldNumber(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw expected('--fold with the number of a fold, from 0', `"${text}"`);
}

/** What the command line asks to change, the most specific last. */
export async function changesOf(values: {
  config?: Text;
  set: readonly string[];
  epochs?: Text;
  minutes?: Text;
  seed?: Text;
}): Promise<TrainChanges> {
  const file = values.config ? ((await readJson(values.config)) as TrainChanges) : {};
  const shorthands = (['epochs', 'minutes', 'seed'] as const).flatMap((name) =>
    values[name] === undefined ? [] : [`${name}=${values[name]}`],
  );
  return { ...file, ...parseChanges([...values.set, ...shorthands]) };
}

/** The slices of a data set in their usual place, made where they are missing; cases that cannot be made are named on stderr. */
export async function slicesOfDataset(list: CaseList, preset: Profile, command: string): Promise<SliceSet> {
  const mode = preset === 'paper' ? 'paper' : 'default';
  const out = projectPath('data', 'slices', `${list.dataset.replace(/[^\w.-]+/g, '-')}-${mode}`);
  const progress = startProgress('preprocess', list.cases.length);
  const { failed } = await preprocessDataset(list, {
    out,
    mode,
    onProgress: (done, _, note) => progress.update(done, note),
  });
  progress.finish();
  for (const { id, reason } of failed) console.error(`axunet ${command}: case ${id} is left out: ${reason}`);
  return openSlices(out);
}

/** Slices that were made before, or those of a data set. */
export async function slicesFor(
  values: { slices?: Text; dataset?: Text; data?: Text; preset?: Text },
  command: string,
): Promise<SliceSet> {
  if (values.slices !== undefined) return openSlices(values.slices);
  return slicesOfDataset(await openDataset(values.dataset!, values.data), presetOf(values), command);
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
