/** A trained network from wherever it lies: a run's folder, or one file. */
import { expected } from '../errors.ts';
import type { CheckpointSlot } from '../train/checkpoint.ts';
import { loadRun, type TrainedRun } from '../train/loadRun.ts';
import { isPackedRun, loadPackedRun } from './packedRun.ts';
import { isShippedName, shippedFiles } from './shipped.ts';

/**
 * `loadRun`, or `loadPackedRun` for a name that ends with `.safetensors`. Throws what they throw, and a UserError where
 * the last weights are asked of one file, which holds those that it was made of.
 */
export async function loadNetwork(place: string, slot?: CheckpointSlot): Promise<TrainedRun> {
  if (!isPackedRun(place)) return loadRun(place, slot);
  if (slot === 'last') throw expected("a run's folder for the weights of its last step", 'one file', place);
  return loadPackedRun(place);
}

/**
 * The network that training begins with: of a run's folder or a file, or one that comes with the project, by name; of
 * several that are averaged the first.
 */
export async function networkToBeginWith(place: string): Promise<TrainedRun> {
  return loadNetwork(isShippedName(place) ? (await shippedFiles(place)).files[0]! : place);
}
