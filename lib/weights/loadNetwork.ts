/** A trained network from wherever it lies: a run's folder, or one file. */
import { expected } from '../errors.ts';
import type { CheckpointSlot } from '../train/checkpoint.ts';
import { loadRun, type TrainedRun } from '../train/loadRun.ts';
import { isPackedRun, loadPackedRun } from './packedRun.ts';

/**
 * `loadRun`, or `loadPackedRun` for a name that ends with `.safetensors`. Throws what they throw, and a UserError where
 * the last weights are asked of one file, which holds those that it was made of.
 */
export async function loadNetwork(place: string, slot?: CheckpointSlot): Promise<TrainedRun> {
  if (!isPackedRun(place)) return loadRun(place, slot);
  if (slot === 'last') throw expected("a run's folder for the weights of its last step", 'one file', place);
  return loadPackedRun(place);
}
