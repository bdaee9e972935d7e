/** The finished networks as the folder that ships: their files, and the index that tells of them. */
import { existsSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { findDataset } from 'axunet/dataset/registry';
import { expected } from 'axunet/errors';
import { codeVersion } from 'axunet/figures/saveFigure';
import { readBytes, sha256, sha256File, writeFileAtomic, writeJson } from 'axunet/io/files';
import { loadPackedRun } from 'axunet/weights/packedRun';
import { indexName, readShippedIndex, type ShippedEntry, type ShippedIndex } from 'axunet/weights/shippedIndex';
import { currentEngine } from 'axunet-engine/engine';
import { readGreyScale } from './greyScale.ts';
import { type MemberPlaces, memberPlace } from './member.ts';
import { type ShippedMember, shippedRecipe } from './recipe.ts';
import { seenIn } from './seen.ts';

/** All files together may have so many bytes. */
const mostShippedBytes = 12e6;

interface PackedMember {
  readonly entry: ShippedEntry;
  readonly bytes: Buffer;
}

async function packedMember(member: ShippedMember, places: MemberPlaces): Promise<PackedMember> {
  const { file } = memberPlace(member, places);
  if (!existsSync(file)) throw expected(`all networks of the recipe to be finished`, `none of ${member.name}`, file);
  const bytes = await readBytes(file, 'a finished network');
  const trained = await loadPackedRun(file);
  const parameters = trained.model.countParams();
  trained.model.dispose();
  const entry = {
    name: member.name,
    file: `${member.name}.safetensors`,
    sha256: sha256(bytes),
    bytes: bytes.length,
    parameters,
    changes: { ...shippedRecipe.base, ...member.changes },
  };
  return { entry, bytes };
}

/**
 * Copies all members into `folder` and writes its index last. The engine must have been started. Throws a UserError
 * where one is not finished, or all together are larger than what ships.
 */
export async function packShipped(
  places: MemberPlaces,
  folder: string,
  members: readonly ShippedMember[] = shippedRecipe.members,
): Promise<ShippedIndex> {
  const packed: PackedMember[] = [];
  for (const member of members) packed.push(await packedMember(member, places));
  const size = packed.reduce((sum, { bytes }) => sum + bytes.length, 0);
  if (size > mostShippedBytes) throw expected(`at most ${mostShippedBytes} bytes in all`, `${size}`, folder);
  const { title, licence, citation } = findDataset(shippedRecipe.dataset)!;
  const { package: version, commit } = codeVersion();
  const index: ShippedIndex = {
    title: 'AX-Unet for the pancreas in CT slices',
    dataset: shippedRecipe.dataset,
    licence: `weights: MIT, as the project; trained on ${title}, ${licence}`,
    attribution: citation,
    members: packed.map(({ entry }) => entry),
    ensemble: shippedRecipe.ensemble,
    small: shippedRecipe.small,
    threshold: shippedRecipe.threshold,
    scales: [...shippedRecipe.scales],
    seen: seenIn(places.slices, await readGreyScale()),
    slices: places.slices.entries.map(({ id }) => id),
    made: {
      command: 'npm run weights',
      engine: `${currentEngine().description}, axunet ${version}`,
      node: process.version,
      cpu: os.cpus()[0]?.model ?? 'unknown',
      ...(commit && { commit }),
    },
  };
  for (const { entry, bytes } of packed) await writeFileAtomic(path.join(folder, entry.file), bytes);
  await writeJson(path.join(folder, indexName), index);
  return index;
}

/** Whether a member that was made again is the one in the folder, bit for bit; a sentence either way. */
export async function compareMember(
  file: string,
  name: string,
  folder: string,
): Promise<[same: boolean, told: string]> {
  const { members, made } = await readShippedIndex(folder);
  const entry = members.find((one) => one.name === name);
  if (!entry) throw expected(`${name} among the networks`, members.map((one) => one.name).join(', '), folder);
  const found = await sha256File(file);
  if (found === entry.sha256) return [true, `${name}: bit-equal, SHA-256 ${found.slice(0, 12)}…`];
  const machine = `${made.engine}, ${made.cpu}`;
  const told = `${name}: SHA-256 ${found.slice(0, 12)}…, that of ${indexName} is ${entry.sha256.slice(0, 12)}…`;
  return [false, `${told} (made by ${machine}; elsewhere the last bits differ)`];
}
