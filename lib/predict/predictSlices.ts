/** The probabilities of the foreground classes on the slices of a set, as training and its tests ask for them. */
import type { tf } from 'axunet-engine/engine';
import { eagerModel } from 'axunet-engine/graph/compileModel';
import { type Grid, resampleToSource } from '../preprocess/grid.ts';
import { type BatchLoader, openLoader } from '../preprocess/loader.ts';
import type { SliceSet } from '../preprocess/sliceSet.ts';
import { breathe } from '../progress.ts';
import { type ForegroundNetwork, foregroundNetwork, foregroundOf, predictImages } from './slices.ts';

/** The network for a few batches, which compiling would take longer than. */
const plainNetwork = (model: tf.LayersModel): ForegroundNetwork => eagerModel(model, { finish: foregroundOf });

/** Compiling takes as long as about so many batches of a small network save (measured, docs/engine.md). */
const batchesThatPay = 12;

export interface PredictSlicesOptions {
  /** The grid that the network was trained with. */
  readonly grid: Grid;
  /** Slices computed together. */
  readonly batchSize: number;
  /** Makes the batches; one is opened for them otherwise. */
  readonly loader?: BatchLoader;
}

/**
 * Predicts slices of a set, in the order of `indices`. Each result has the probability (H, W) of each foreground class
 * on the slice's own pixels. Nothing is yielded for no indices. The next slices are made ready while the network
 * computes.
 */
export async function* predictSlices(
  model: tf.LayersModel,
  slices: SliceSet,
  indices: readonly number[],
  { grid, batchSize, loader }: PredictSlicesOptions,
): AsyncGenerator<{ index: number; probabilities: Float32Array[] }> {
  const requests = Array.from({ length: Math.ceil(indices.length / batchSize) }, (_, i) => ({
    grid,
    indices: indices.slice(i * batchSize, (i + 1) * batchSize),
  }));
  const batches = loader ?? openLoader(slices);
  const network = requests.length < batchesThatPay ? plainNetwork(model) : foregroundNetwork(model);
  try {
    const stream = batches.stream(requests);
    for (const { indices: part } of requests) {
      const { images, n } = await stream.next();
      const maps = await predictImages(network, images, n, grid.size);
      for (let i = 0; i < n; i++)
        yield {
          index: part[i],
          probabilities: maps[i].map((map) => resampleToSource(map, slices.entries[part[i]], grid)),
        };
      await breathe();
    }
  } finally {
    network.close();
    if (!loader) await batches.close();
  }
}
