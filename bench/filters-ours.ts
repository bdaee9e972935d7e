/**
 * Our side of filters.ts: a contender process (see contest.ts). Its arguments are the filter, and `whole` or `region`.
 */
import readline from 'node:readline';
import { laplacianOfGaussian } from '../lib/radiomics/filters/laplacianOfGaussian.ts';
import { waveletTransform } from '../lib/radiomics/filters/wavelet.ts';
import type { Volume } from '../lib/volume/volume.ts';

const shape = [512, 512, 20] as const;
const region = { start: [200, 200, 5], shape: [120, 80, 12] } as const;

/** The same integers in filters_pyradiomics.py. */
function image(): Volume<Int16Array> {
  const data = new Int16Array(512 * 512 * 20).map((_, i) => ((i * 7919) % 3001) - 1000);
  return { data, shape, spacingMm: [0.8, 0.8, 5], affine: [-0.8, 0, 0, 0, 0, -0.8, 0, 0, 0, 0, 5, 0, 0, 0, 0, 1] };
}

async function main(filter: string, part: string): Promise<void> {
  const volume = image();
  const options = part === 'region' ? { box: region } : {};
  const filtered = (): Volume[] =>
    filter === 'log'
      ? [laplacianOfGaussian(volume, 1, options)]
      : [...waveletTransform(volume, options)].map((each) => each.volume);
  const [x, y, z] = part === 'region' ? [5, 7, 3] : [205, 207, 8];
  const sample = filtered().map((each) => each.data[x + each.shape[0] * (y + each.shape[1] * z)]);
  console.log(
    JSON.stringify({ name: `Node ${process.versions.node}${part === 'region' ? ', around the region' : ''}`, sample }),
  );
  for await (const _ of readline.createInterface({ input: process.stdin })) {
    const start = performance.now();
    filtered();
    const seconds = (performance.now() - start) / 1000;
    console.log(JSON.stringify({ seconds, rssMb: process.resourceUsage().maxRSS / 1024 }));
  }
}

void main(process.argv[2], process.argv[3]);
