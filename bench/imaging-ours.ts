/**
 * Our side of imaging.ts: a contender process (see contest.ts). Arguments: task, folder of
 * the masks, shape and spacing as JSON.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import readline from 'node:readline';
import { directedMean } from '../lib/evaluate/assd.ts';
import { hd95ByArea } from '../lib/evaluate/hausdorff.ts';
import { maskPair } from '../lib/evaluate/maskPair.ts';
import { surfaceDice } from '../lib/evaluate/nsd.ts';
import { surfaceElementDistances } from '../lib/evaluate/surfaceDistances.ts';
import { largestComponent } from '../lib/volume/components.ts';
import { distanceTransform } from '../lib/volume/distance.ts';
import type { Vec3 } from '../lib/volume/volume.ts';

const [task, folder, json] = process.argv.slice(2);
const { shape, spacingMm } = JSON.parse(json) as { shape: Vec3; spacingMm: Vec3 };
const [first, second] = ['first.raw', 'second.raw'].map(
  (name) => new Uint8Array(readFileSync(path.join(folder, name))),
);

function metrics(): number[] {
  const distances = surfaceElementDistances(maskPair(first, second, shape, spacingMm));
  const means = [directedMean(distances, 'toReference'), directedMean(distances, 'toPrediction')];
  return [hd95ByArea(distances), ...means, ...[1, 2, 3].map((mm) => surfaceDice(distances, mm))];
}

/** Some values of a result, to be compared with the peer's. */
const sampled = (values: ArrayLike<number>): number[] =>
  Array.from({ length: 1000 }, (_, i) => values[Math.floor(((i + 0.5) * values.length) / 1000)]);

const tasks: Record<string, () => ArrayLike<number>> = {
  metrics,
  components: () => largestComponent(first, shape),
  'edt-outside': () => distanceTransform(second, shape, spacingMm, 'foreground'),
  'edt-inside': () => distanceTransform(second, shape, spacingMm, 'background'),
};

async function main(): Promise<void> {
  const run = tasks[task];
  const result = run();
  console.log(
    JSON.stringify({ name: `Node ${process.versions.node}`, values: result.length < 1000 ? result : sampled(result) }),
  );
  for await (const _ of readline.createInterface({ input: process.stdin })) {
    const start = performance.now();
    run();
    console.log(
      JSON.stringify({ seconds: (performance.now() - start) / 1000, rssMb: process.resourceUsage().maxRSS / 1024 }),
    );
  }
}

void main();
