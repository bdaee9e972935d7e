/** A whole CT volume in, a pancreas mask on the same voxels out. */
import type { tf } from '../engine/engine.ts';
import { resampleToSource, type Grid, type SliceGeometry } from '../preprocess/grid.ts';
import { neighbourStack, type WindowHu } from '../preprocess/window.ts';
import { toCanonical, toGeometryOf } from '../volume/orientation.ts';
import { voxelCount, type Volume, type VoxelArray } from '../volume/volume.ts';
import { breathe } from './breathe.ts';
import { foregroundNetwork, foregroundProbability, sampleBatch, thresholdMask, type ForegroundNetwork } from './slices.ts';

export interface PredictVolumeOptions {
  /** The grid and the window that the network was trained with. */
  readonly grid: Grid;
  readonly windowHu: WindowHu;
  /** Probability from which a voxel is pancreas; 0.5 by default. */
  readonly threshold?: number;
  /** Slices computed together; 4 by default. */
  readonly batchSize?: number;
  readonly onProgress?: (done: number, total: number) => void;
  /** The network made ready (`foregroundNetwork`), for several volumes; by default it is made for this one. */
  readonly network?: ForegroundNetwork;
}

export interface PredictedVolume {
  /** 0 and 1, on the voxels of the source. */
  readonly mask: Volume<Uint8Array>;
  /** Probability of pancreas; 0 outside the grid's window. */
  readonly probability: Volume<Float32Array>;
}

/** A few slices on the grid; the first of them is slice `start`. */
interface Part { readonly start: number; readonly count: number; readonly images: Float32Array }

/** Runs the network on all parts, the next one being made ready and the one before taken back while it computes. */
async function predictParts(network: ForegroundNetwork, parts: Iterable<Part>, grid: Grid, take: (maps: Float32Array[], part: Part) => void): Promise<void> {
  let finish = (): void => {};
  const rest = parts[Symbol.iterator]();
  for (let next = rest.next(); !next.done;) {
    const part = next.value;
    const running = foregroundProbability(network, part.images, part.count, grid.size);
    running.catch(() => {}); // reported by the await below, also when something fails before it
    await breathe();
    finish();
    next = rest.next();
    const maps = await running;
    finish = () => take(maps, part);
  }
  finish();
}

/**
 * Segments a volume in HU, slice by slice in the canonical frame with each slice's two neighbours as further channels
 * (at the ends the edge slice is repeated), and brings the result back to the source's axis order. Shape, spacing and
 * affine of the results are the source's.
 */
export async function predictVolume(model: tf.LayersModel, volume: Volume, options: PredictVolumeOptions): Promise<PredictedVolume> {
  const { grid, windowHu, threshold = 0.5, batchSize = 4, onProgress } = options;
  const canonical = toCanonical<VoxelArray>(volume);
  const [width, height, depth] = canonical.shape;
  const geometry: SliceGeometry = { height, width, spacingMm: [canonical.spacingMm[1], canonical.spacingMm[0]] };
  const values = new Float32Array(voxelCount(canonical.shape));
  function* parts(): Generator<Part> {
    for (let start = 0; start < depth; start += batchSize) {
      const count = Math.min(batchSize, depth - start);
      const inputs = Array.from({ length: count }, (_, i) => ({ image: neighbourStack(canonical, start + i, windowHu), geometry }));
      yield { start, count, images: sampleBatch(inputs, grid) };
    }
  }
  const network = options.network ?? foregroundNetwork(model);
  try {
    await predictParts(network, parts(), grid, (maps, { start, count }) => {
      maps.forEach((map, i) => values.set(resampleToSource(map, geometry, grid), (start + i) * height * width));
      onProgress?.(start + count, depth);
    });
  } finally {
    if (!options.network) network.close();
  }
  const probability = toGeometryOf<Float32Array>({ ...canonical, data: values }, volume);
  return { probability, mask: { ...probability, data: thresholdMask(probability.data, threshold) } };
}
