/** Our side of nifti-read.ts: a contender process (see contest.ts). Its argument is the file. */
import readline from 'node:readline';
import { readNifti } from '../lib/io/nifti.ts';
import { summariseValues } from '../lib/volume/values.ts';

async function main(file: string): Promise<void> {
  const { data } = await readNifti(file);
  console.log(JSON.stringify({ name: `Node ${process.versions.node}`, sum: summariseValues(data).sum }));
  for await (const _ of readline.createInterface({ input: process.stdin })) {
    const start = performance.now();
    await readNifti(file);
    const seconds = (performance.now() - start) / 1000;
    console.log(JSON.stringify({ seconds, rssMb: process.resourceUsage().maxRSS / 1024 }));
  }
}

void main(process.argv[2]!);
