/** Our side of preprocess.ts: a contender process (see contest.ts). Its argument is the folder of image and label. */
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import readline from 'node:readline';
import { openPair } from '../lib/dataset/cases.ts';
import { sha256 } from '../lib/io/files.ts';
import { preprocessDataset } from '../lib/preprocess/slices.ts';

async function main(folder: string): Promise<void> {
  const out = path.join(folder, 'ours');
  const list = await openPair(path.join(folder, 'image.nii.gz'), path.join(folder, 'label.nii.gz'));
  const repetition = async (): Promise<number> => {
    await rm(out, { recursive: true, force: true });
    const start = performance.now();
    await preprocessDataset(list, { out, mode: 'default' });
    return (performance.now() - start) / 1000;
  };
  await repetition();
  const files = await Promise.all(
    ['data', 'label'].flatMap((part) => [0, 100].map((z) => readFile(path.join(out, part, `image-${z}.npy`)))),
  );
  console.log(JSON.stringify({ name: `Node ${process.versions.node}`, checksum: sha256(Buffer.concat(files)) }));
  for await (const _ of readline.createInterface({ input: process.stdin })) {
    const seconds = await repetition();
    console.log(JSON.stringify({ seconds, rssMb: process.resourceUsage().maxRSS / 1024 }));
  }
}

void main(process.argv[2]);
