/** A network of phantom patients that networks of real slices can begin with. */
import path from 'node:path';
import { sha256 } from 'axunet/io/files';
import { type TrainConfig, trainConfig } from 'axunet/train/config';
import { loadRun, type TrainedRun } from 'axunet/train/loadRun';
import { presetConfig } from 'axunet/train/presets';
import { describeRun } from 'axunet/train/run';
import { trainFolder } from 'axunet/train/trainFolder';
import { phantomSlices } from './cohort.ts';

/** About as many steps as fifty epochs of the real slices. */
const epochs = 5;

/** Trains on all phantom patients with the recipe of `config`, once; the network, to be disposed of. */
export async function phantomStart(config: TrainConfig, runs: string): Promise<TrainedRun> {
  const slices = await phantomSlices();
  const { variant, width, gridSize, augment, loss } = config;
  const own = trainConfig(
    { variant, width, gridSize, augment, loss, epochs, minutes: null, seed: 1 },
    presetConfig('study', 'phantom'),
  );
  const training = [...new Set(slices.entries.map(({ patient }) => patient))].sort();
  const description = describeRun(own, slices, { training, validation: [] });
  const folder = path.join(runs, `phantom-start-${sha256(JSON.stringify(description)).slice(0, 8)}`);
  await trainFolder(folder, description, slices);
  return loadRun(folder, 'last');
}
