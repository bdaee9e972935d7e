/** Reading one CT of 512×512×200 16-bit voxels, packed and plain, against nibabel's full read. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expected } from '../lib/errors.ts';
import { writeNifti } from '../lib/io/nifti.ts';
import { Random } from '../lib/random.ts';
import { settings } from '../lib/settings.ts';
import type { Volume } from '../lib/volume/volume.ts';
import { type Contender, contest, startContender, startOurs } from './contest.ts';
import { type BenchJob, benchJob } from './job.ts';

const repetitions = 7;

/** A noisy cylinder in air: packs to a little over half, as a CT does. */
function syntheticCt(): Volume<Int16Array> {
  const shape = [512, 512, 200] as const;
  const data = new Int16Array(512 * 512 * 200);
  const random = Random.stream(1, 'bench', 'nifti-read');
  for (let i = 0; i < data.length; i++) {
    const [x, y] = [(i & 511) - 256, ((i >> 9) & 511) - 256];
    data[i] = (x * x + y * y < 40_000 ? 40 : -1000) + (random.uint32() & 63);
  }
  return { data, shape, spacingMm: [0.7, 0.7, 1], affine: [0.7, 0, 0, -180, 0, 0.7, 0, -180, 0, 0, 1, 0, 0, 0, 0, 1] };
}

const beside = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

async function compare(job: string, file: string): Promise<BenchJob> {
  const contenders: Contender[] = [];
  try {
    contenders.push(await startOurs(beside('nifti-read-ours.ts'), file));
    if (settings.peerPython)
      contenders.push(await startContender(settings.peerPython, [beside('nifti_read_nibabel.py'), file]));
    const [ours, ...peers] = contenders.map(({ ready }) => ready.sum);
    for (const peer of peers)
      if (peer !== ours) throw expected(`voxels with sum ${ours} on both sides`, `${peer} in nibabel`);
    const [measured, ...others] = await contest(contenders, repetitions);
    return benchJob(job, measured!, others);
  } finally {
    for (const contender of contenders) contender.stop();
  }
}

/**
 * `nifti-read` reads .nii.gz, as public CT sets come; `nifti-read-nii` the same voxels
 * unpacked. Files are in the page cache.
 */
export async function run(): Promise<BenchJob[]> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'axunet-bench-'));
  try {
    const [packed, plain] = [path.join(folder, 'ct.nii.gz'), path.join(folder, 'ct.nii')];
    const volume = syntheticCt();
    await writeNifti(packed, volume);
    await writeNifti(plain, volume);
    return [await compare('nifti-read', packed), await compare('nifti-read-nii', plain)];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
