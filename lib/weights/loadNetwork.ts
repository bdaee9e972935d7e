/** A trained network from wherever it lies: a run's folder, or one file. */
import type { CheckpointSlot } from '../train/checkpoint.ts';
import { loadRun, type TrainedRun } from '../train/loadRun.ts';
import { isPackedRun, loadPackedRun } from './packedRun.ts';

/** `loadRun`, or `loadPackedRun` for a name that ends with `.safetensors`; throws what they throw. */
export const loadNetwork = (place: string, slot?: CheckpointSlot): Promise<TrainedRun> =>
  isPackedRun(place) ? loadPackedRun(place) : loadRun(place, slot);
