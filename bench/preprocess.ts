/** Preprocessing of one CT, from .nii.gz to .npy slices and manifest, against nibabel and NumPy. */
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

const repetitions = 5;
const shape = [512, 512, 200] as const;

/** A noisy body in air and an ellipsoid as its label; it compresses about as well as a CT. */
function syntheticCt(): { image: Volume<Int16Array>; label: Volume<Uint8Array> } {
  const geometry = {
    shape,
    spacingMm: [0.8, 0.8, 1] as const,
    affine: [0.8, 0, 0, -204, 0, 0.8, 0, -204, 0, 0, 1, 0, 0, 0, 0, 1],
  };
  const image = { ...geometry, data: new Int16Array(512 * 512 * 200) };
  const label = { ...geometry, data: new Uint8Array(512 * 512 * 200) };
  const random = Random.stream(1, 'bench');
  for (let z = 0, p = 0; z < 200; z++) {
    for (let y = 0; y < 512; y++) {
      for (let x = 0; x < 512; x++, p++) {
        const body = ((x - 256) / 200) ** 2 + ((y - 256) / 150) ** 2 < 1;
        image.data[p] = body ? 20 + (random.uint32() & 63) : -1000;
        label.data[p] = ((x - 300) / 60) ** 2 + ((y - 320) / 20) ** 2 + ((z - 100) / 40) ** 2 < 1 ? 1 : 0;
      }
    }
  }
  return { image, label };
}

const beside = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

/** Five turns each after one to warm up. Throws when the two sides do not write the same slices. */
export async function run(): Promise<BenchJob[]> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'axunet-bench-'));
  const contenders: Contender[] = [];
  try {
    const { image, label } = syntheticCt();
    await writeNifti(path.join(folder, 'image.nii.gz'), image);
    await writeNifti(path.join(folder, 'label.nii.gz'), label);
    contenders.push(await startOurs(beside('preprocess-ours.ts'), folder));
    if (settings.peerPython)
      contenders.push(await startContender(settings.peerPython, [beside('preprocess_numpy.py'), folder]));
    const [ours, ...peers] = contenders.map(({ ready }) => ready.checksum);
    for (const peer of peers) if (peer !== ours) throw expected('equal slices on both sides', 'other values in NumPy');
    const [measured, ...others] = await contest(contenders, repetitions, 1);
    return [benchJob('preprocess', measured, others)];
  } finally {
    for (const contender of contenders) contender.stop();
    await rm(folder, { recursive: true, force: true });
  }
}
