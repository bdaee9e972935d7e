/** Our side of dicom-read.ts: a contender process (see contest.ts). Its argument is the folder. */
import readline from 'node:readline';
import { readDicom } from '../lib/dicom/readDicom.ts';
import { summariseValues } from '../lib/volume/values.ts';

async function main(folder: string): Promise<void> {
  const { data } = await readDicom(folder);
  console.log(JSON.stringify({ name: `Node ${process.versions.node}`, sum: summariseValues(data).sum }));
  for await (const _ of readline.createInterface({ input: process.stdin })) {
    const start = performance.now();
    await readDicom(folder);
    const seconds = (performance.now() - start) / 1000;
    console.log(JSON.stringify({ seconds, rssMb: process.resourceUsage().maxRSS / 1024 }));
  }
}

void main(process.argv[2]!);
