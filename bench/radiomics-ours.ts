/** Our side of radiomics.ts: a contender process (see contest.ts). Its arguments: image, mask, settings as JSON. */
import readline from 'node:readline';
import { extractFeatures } from '../lib/radiomics/extract.ts';
import { radiomicsSettings } from '../lib/radiomics/settings.ts';
import { readVolume } from '../lib/scan/readVolume.ts';

async function main(imageFile: string, maskFile: string, changes: string): Promise<void> {
  const [image, mask] = await Promise.all([readVolume(imageFile), readVolume(maskFile)]);
  const settings = radiomicsSettings(JSON.parse(changes));
  const { features } = extractFeatures(image, mask, settings);
  console.log(JSON.stringify({ name: `Node ${process.versions.node}`, features }));
  for await (const _ of readline.createInterface({ input: process.stdin })) {
    const start = performance.now();
    extractFeatures(image, mask, settings);
    console.log(
      JSON.stringify({ seconds: (performance.now() - start) / 1000, rssMb: process.resourceUsage().maxRSS / 1024 }),
    );
  }
}

void main(process.argv[2]!, process.argv[3]!, process.argv[4]!);
