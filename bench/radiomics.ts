/**
 * Radiomics of one case in memory, all seven families of PyRadiomics, against
 * PyRadiomics itself (with its C extension).
 *
 * brain1 and breast1 are PyRadiomics' own cases, used where ../shared/data has them. The two large ones are synthetic:
 * a curved tube in a noisy body of 512×512×200 voxels, of the size of a pancreas and thirty times larger.
 */
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expected } from '../lib/errors.ts';
import { writeNifti } from '../lib/io/nifti.ts';
import type { RadiomicsChanges } from '../lib/radiomics/settings.ts';
import { Random } from '../lib/random.ts';
import { settings } from '../lib/settings.ts';
import type { Volume } from '../lib/volume/volume.ts';
import { type Contender, contest, startContender, startOurs } from './contest.ts';
import { type BenchJob, benchJob } from './job.ts';

interface Task {
  readonly job: string;
  readonly image: string;
  readonly mask: string;
  readonly changes: RadiomicsChanges;
  readonly repetitions: number;
}

const shape = [512, 512, 200] as const;

/** A noisy body in air, and a tube that winds through it, thick enough for about `voxels` voxels. */
function syntheticCt(voxels: number): { image: Volume<Int16Array>; mask: Volume<Uint8Array> } {
  const geometry = {
    shape,
    spacingMm: [0.8, 0.8, 1] as const,
    affine: [-0.8, 0, 0, 204, 0, -0.8, 0, 204, 0, 0, 1, 0, 0, 0, 0, 1],
  };
  const image = { ...geometry, data: new Int16Array(512 * 512 * 200).fill(-1000) };
  const mask = { ...geometry, data: new Uint8Array(512 * 512 * 200) };
  const random = Random.stream(1, 'radiomics bench');
  const radius = Math.sqrt(voxels / (Math.PI * 170));
  for (let z = 0, p = 0; z < 200; z++) {
    for (let y = 0; y < 512; y++) {
      for (let x = 0; x < 512; x++, p++) {
        if (((x - 256) / 200) ** 2 + ((y - 256) / 150) ** 2 >= 1) continue;
        // Four bytes added up: nearly normal, a standard deviation of 148 / 6 about 40 HU.
        const bits = random.uint32();
        image.data[p] =
          40 + Math.round(((bits & 255) + ((bits >> 8) & 255) + ((bits >> 16) & 255) + (bits >>> 24) - 510) / 6);
        const along = x - 170;
        const middle = [256 + 40 * Math.sin(along / 30), 100 + 30 * Math.cos(along / 45)];
        if (along >= 0 && along < 170 && (y - middle[0]!) ** 2 + (z - middle[1]!) ** 2 < radius ** 2) mask.data[p] = 1;
      }
    }
  }
  return { image, mask };
}

async function makeSynthetic(folder: string, job: string, voxels: number): Promise<Task> {
  const { image, mask } = syntheticCt(voxels);
  const files = ['image', 'mask'].map((name) => path.join(folder, `${job}-${name}.nii`)) as [string, string];
  await writeNifti(files[0], image);
  await writeNifti(files[1], mask);
  return { job, image: files[0], mask: files[1], changes: {}, repetitions: 3 };
}

/** PyRadiomics' cases; the last with 12 images: 1,130 features. */
function publicTasks(): Task[] {
  const folder = path.join(settings.sharedFolder ?? '', 'data', 'pyradiomics');
  if (!existsSync(path.join(folder, 'brain1_image.nrrd'))) return [];
  const task = (job: string, name: string, changes: RadiomicsChanges, repetitions: number): Task => ({
    job,
    image: path.join(folder, `${name}_image.nrrd`),
    mask: path.join(folder, `${name}_label.nrrd`),
    changes,
    repetitions,
  });
  return [
    task('radiomics-breast1', 'breast1', {}, 15),
    task('radiomics-brain1', 'brain1', {}, 9),
    task('radiomics-filters', 'brain1', { logSigmasMm: [1, 2, 3], waveletLevels: 1 }, 3),
  ];
}

const beside = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

/** Throws when a feature of the peer is missing here or another value. */
function compareFeatures(ours: Record<string, number>, peer: Record<string, number>, job: string): void {
  for (const [name, value] of Object.entries(peer)) {
    const found = ours[name] ?? NaN;
    if (!(Math.abs(found - value) <= 1e-6 * Math.abs(value) + 1e-9))
      throw expected(`${name} of ${value} as PyRadiomics in ${job}`, String(found));
  }
}

async function measure({ job, image, mask, changes, repetitions }: Task): Promise<BenchJob> {
  const contenders: Contender[] = [];
  try {
    const args = [image, mask, JSON.stringify(changes)];
    contenders.push(await startOurs(beside('radiomics-ours.ts'), ...args));
    if (settings.peerPython)
      contenders.push(await startContender(settings.peerPython, [beside('radiomics_pyradiomics.py'), ...args]));
    const [ours, ...peers] = contenders.map(({ ready }) => ready.features as Record<string, number>);
    for (const peer of peers) compareFeatures(ours!, peer, job);
    const [measured, ...others] = await contest(contenders, repetitions, 1);
    return benchJob(job, measured!, others);
  } finally {
    for (const contender of contenders) contender.stop();
  }
}

/** One turn to warm up, then turns in alternation. Throws when the two sides do not have the same features. */
export async function run(): Promise<BenchJob[]> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'axunet-bench-'));
  const jobs: BenchJob[] = [];
  try {
    for (const task of publicTasks()) jobs.push(await measure(task));
    for (const [job, voxels] of [
      ['radiomics-13k', 13_270],
      ['radiomics-400k', 400_000],
    ] as const)
      jobs.push(await measure(await makeSynthetic(folder, job, voxels)));
    return jobs;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
