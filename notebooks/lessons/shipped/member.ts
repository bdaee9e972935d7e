/** One network of `data/weights`: trained on all patients where that was not done, and packed into one file. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { openDataset } from 'axunet/dataset/cases';
import { expected } from 'axunet/errors';
import { sha256 } from 'axunet/io/files';
import type { SliceSet } from 'axunet/preprocess/sliceSet';
import { projectPath } from 'axunet/settings';
import { trainConfig } from 'axunet/train/config';
import type { RunDescription } from 'axunet/train/description';
import { loadRun } from 'axunet/train/loadRun';
import { presetConfig } from 'axunet/train/presets';
import { describeRun } from 'axunet/train/run';
import { trainFolder } from 'axunet/train/trainFolder';
import { packRun } from 'axunet/weights/packedRun';
import { makeSlices } from '../study/cohort.ts';
import { type ShippedMember, shippedRecipe } from './recipe.ts';

/** Who trains the networks, and where runs go. */
export interface MemberPlaces {
  readonly slices: SliceSet;
  /** One folder a member below it. */
  readonly runs: string;
}

/** The slices of the recipe's data set, made where they are missing. */
export async function openTrainingSlices(dataFolder?: string): Promise<SliceSet> {
  const list = await openDataset(shippedRecipe.dataset, dataFolder);
  return makeSlices(list, projectPath(`data/study/${shippedRecipe.dataset}-slices`));
}

/** A member of the recipe by its name. Throws a UserError that lists the names. */
export function findMember(name: string): ShippedMember {
  const found = shippedRecipe.members.find((one) => one.name === name);
  const names = shippedRecipe.members.map((one) => one.name).join(', ');
  if (!found) throw expected(`a network of the recipe (${names})`, name);
  return found;
}

function describeMember({ changes }: ShippedMember, slices: SliceSet): RunDescription {
  const preset = presetConfig('study', shippedRecipe.dataset);
  const training = [...new Set(slices.entries.map(({ patient }) => patient))].sort();
  return describeRun(trainConfig({ ...shippedRecipe.base, ...changes }, preset), slices, { training, validation: [] });
}

/** Where a member is trained, and the file that is there once it is finished. */
export function memberPlace(member: ShippedMember, { slices, runs }: MemberPlaces): { folder: string; file: string } {
  const hash = sha256(JSON.stringify(describeMember(member, slices))).slice(0, 8);
  const folder = path.join(runs, `${member.name}-${hash}`);
  return { folder, file: path.join(folder, `${member.name}.safetensors`) };
}

/**
 * Trains a member, going on where it was stopped, and packs it: kernels in 16 bits, with the ids of the patients, which
 * are public. How long it took is left out, for equal networks to be equal files. Returns the file.
 */
export async function makeMember(member: ShippedMember, places: MemberPlaces): Promise<string> {
  const { folder, file } = memberPlace(member, places);
  if (existsSync(file)) return file;
  await trainFolder(folder, describeMember(member, places.slices), places.slices);
  const trained = await loadRun(folder, 'last');
  try {
    const position = { ...trained.position, seconds: 0 };
    await packRun({ ...trained, position }, file, { isHalf: true, keepsPatients: true });
    return file;
  } finally {
    trained.model.dispose();
  }
}
