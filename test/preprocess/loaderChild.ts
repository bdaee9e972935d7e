/**
 * Takes batches with a thread, and ends without closing it: `loaderChild.ts SLICES end|throw`. Prints the threaded
 * batches.
 */
import { setTimeout } from 'node:timers/promises';
import { augmentDefault } from '../../lib/preprocess/augment.ts';
import { nativeGrid } from '../../lib/preprocess/grid.ts';
import { openLoader } from '../../lib/preprocess/loader.ts';
import { openSlices } from '../../lib/preprocess/sliceSet.ts';

async function main(): Promise<void> {
  const [folder, how] = process.argv.slice(2);
  const slices = await openSlices(folder);
  const loader = openLoader(slices, { threadAfterMs: 0 });
  while (!loader.isThreaded) await setTimeout(5);
  const grid = nativeGrid(32, 48);
  const stream = loader.stream(
    Array.from({ length: 20 }, (_, epoch) => ({
      indices: [0, 1],
      grid,
      options: { augment: augmentDefault, seed: 1, epoch },
    })),
  );
  let sum = 0;
  for (let k = 0; k < 10; k++) sum += (await stream.next()).images.reduce((a, b) => a + b);
  console.log(`10 batches by ${loader.isThreaded ? 'the thread' : 'the process itself'}, sum ${sum}`);
  if (how === 'throw') throw new Error('the run has failed');
}
void main();
