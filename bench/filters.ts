/**
 * Filtered images for radiomics of a CT of 512×512×20 voxels, against PyRadiomics, which filters the
 * whole image and then crops to the region of interest. Ours is measured both ways: whole, and only
 * around a region as large as a pancreas.
 */
import { fileURLToPath } from 'node:url';
import { expected } from '../lib/errors.ts';
import { settings } from '../lib/settings.ts';
import { type Contender, contest, startContender, startOurs } from './contest.ts';
import { type BenchJob, benchJob } from './job.ts';

const repetitions = 7;
const beside = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

/** Job name, filter, and whether ours filters only around the region. */
const jobs = [
  ['filter-log', 'log', 'whole'],
  ['filter-log-region', 'log', 'region'],
  ['filter-wavelet', 'wavelet', 'whole'],
  ['filter-wavelet-region', 'wavelet', 'region'],
] as const;

async function compare(job: string, filter: string, part: string): Promise<BenchJob> {
  const contenders: Contender[] = [];
  try {
    contenders.push(await startOurs(beside('filters-ours.ts'), filter, part));
    if (settings.peerPython)
      contenders.push(await startContender(settings.peerPython, [beside('filters_pyradiomics.py'), filter]));
    const [ours, ...peers] = contenders.map(({ ready }) => ready.sample as number[]);
    for (const peer of peers) {
      const apart = Math.max(...ours.map((value, i) => Math.abs(value - peer[i])));
      if (!(apart <= 1e-3)) throw expected('equal voxels on both sides', `${apart} between them`);
    }
    const [measured, ...others] = await contest(contenders, repetitions, 2);
    return benchJob(job, measured, others);
  } finally {
    for (const contender of contenders) contender.stop();
  }
}

/** LoG with sigma 1 mm, and the eight wavelet images. Throws when voxels in the region differ between the sides. */
export async function run(): Promise<BenchJob[]> {
  const results: BenchJob[] = [];
  for (const [job, filter, part] of jobs) results.push(await compare(job, filter, part));
  return results;
}
