/** Distances, components and distance transforms of masks against surface-distance, cc3d and edt. */

import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expected } from '../lib/errors.ts';
import { readNifti } from '../lib/io/nifti.ts';
import { list, natural, object, readJsonAs, realNumber, tuple } from '../lib/io/schema.ts';
import { Random } from '../lib/random.ts';
import { settings } from '../lib/settings.ts';
import type { Vec3 } from '../lib/volume/volume.ts';
import { type Contender, contest, startContender, startOurs } from './contest.ts';
import { type BenchJob, benchJob } from './job.ts';

const repetitions = 7;
const beside = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

/** Two masks as bytes, x fastest, with what both sides need to know of them. */
interface Input {
  readonly first: Uint8Array;
  readonly second: Uint8Array;
  readonly shape: Vec3;
  readonly spacingMm: Vec3;
  readonly what: string;
}

/** An organ-like ellipsoid in 512×512×200 voxels, and the same with 200 islands of a few voxels. */
function syntheticMasks(): Input {
  const shape = [512, 512, 200] as const;
  const organ = new Uint8Array(512 * 512 * 200);
  for (let z = 60; z < 140; z++) {
    for (let y = 299; y < 341; y++) {
      for (let x = 239; x < 361; x++)
        organ[x + 512 * (y + 512 * z)] =
          ((x - 300) / 60) ** 2 + ((y - 320) / 20) ** 2 + ((z - 100) / 40) ** 2 < 1 ? 1 : 0;
    }
  }
  const islands = organ.slice();
  const random = Random.stream(1, 'bench islands');
  for (let n = 0; n < 200; n++) {
    const [x, y, z] = [random.integer(508), random.integer(508), random.integer(198)];
    for (let k = 0; k < 32; k++) islands[x + (k & 3) + 512 * (y + ((k >> 2) & 3) + 512 * (z + (k >> 4)))] = 1;
  }
  return { first: islands, second: organ, shape, spacingMm: [0.8, 0.8, 1], what: '' };
}

const casesSchema = object({
  487: object({
    full_shape: tuple([natural, natural, natural]),
    spacing: tuple([realNumber, realNumber, realNumber]),
    crop: list(tuple([natural, natural])),
  }),
});

/** Case 487 of the Loss Odyssey in its whole volume, by the network trained with Dice, and its reference. */
async function realMasks(): Promise<Input> {
  const folder = path.join(settings.sharedFolder ?? '', 'data/segloss-odyssey-pancreas');
  if (!settings.sharedFolder || !existsSync(folder)) return { ...syntheticMasks(), what: '-synthetic' };
  const { full_shape: shape, spacing, crop } = (await readJsonAs(path.join(folder, 'cases.json'), casesSchema))['487'];
  const pasted = async (author: string): Promise<Uint8Array> => {
    const {
      data,
      shape: [width, height, depth],
    } = await readNifti(path.join(folder, 'masks', `487_${author}.nii.gz`));
    const out = new Uint8Array(shape[0] * shape[1] * shape[2]);
    for (let row = 0; row < height * depth; row++) {
      const to =
        crop[0][0] + shape[0] * (crop[1][0] + (row % height) + shape[1] * (crop[2][0] + Math.floor(row / height)));
      for (let x = 0; x < width; x++) out[to + x] = data[row * width + x] > 0 ? 1 : 0;
    }
    return out;
  };
  return { first: await pasted('Dice'), second: await pasted('gt'), shape, spacingMm: spacing, what: '-487' };
}

/** One job of imaging-ours.ts and imaging_peers.py; both print a checksum of what they compute, which must agree. */
async function runTask(task: string, input: Input): Promise<BenchJob> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'axunet-bench-'));
  const contenders: Contender[] = [];
  try {
    await writeFile(path.join(folder, 'first.raw'), input.first);
    await writeFile(path.join(folder, 'second.raw'), input.second);
    const args = [task, folder, JSON.stringify({ shape: input.shape, spacingMm: input.spacingMm })];
    contenders.push(await startOurs(beside('imaging-ours.ts'), ...args));
    if (settings.peerPython)
      contenders.push(await startContender(settings.peerPython, [beside('imaging_peers.py'), ...args]));
    const [ours, ...peers] = contenders.map(({ ready }) => ready.values as number[]);
    for (const peer of peers) {
      const agrees = peer.every((value, i) => Math.abs(value - ours[i]) <= 1e-5 * Math.max(1, Math.abs(value)));
      if (!agrees) throw expected(`equal results of ${task} on both sides`, `${ours} and ${peer}`);
    }
    const [measured, ...others] = await contest(contenders, repetitions, 2);
    return benchJob(`${task}${input.what}`, measured, others);
  } finally {
    for (const contender of contenders) contender.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** HD95, average distances and NSD at 1, 2 and 3 mm of a real pair in its whole volume, by surface elements. */
export const runMetrics = async (): Promise<BenchJob[]> => [await runTask('metrics', await realMasks())];

/** The largest component of an organ with 200 islands. */
export const runComponents = async (): Promise<BenchJob[]> => [await runTask('components', syntheticMasks())];

/** The distance of every voxel outside an organ to it, and of every voxel inside to what is around it. */
export async function runEdt(): Promise<BenchJob[]> {
  return [await runTask('edt-outside', syntheticMasks()), await runTask('edt-inside', syntheticMasks())];
}
