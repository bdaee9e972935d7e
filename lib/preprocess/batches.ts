/** Batches for the network: slices on the training grid, augmented, in NHWC. */
import { expected } from '../errors.ts';
import { Random } from '../random.ts';
import { applyIntensity, drawWarp, type AugmentOptions } from './augment.ts';
import { sampleSlice, type Grid } from './grid.ts';
import type { SliceSet } from './sliceSet.ts';

export interface Batch {
  /** NHWC: [n, height, width, 3]. */
  readonly images: Float32Array;
  /** [n, height, width], 0 or 1. */
  readonly labels: Uint8Array;
  readonly n: number;
  readonly height: number;
  readonly width: number;
  /** Slice ids, in the order of the batch. */
  readonly ids: string[];
}

export interface BatchOptions {
  /** Without it, slices come as they are. */
  readonly augment?: AugmentOptions;
  readonly seed: number;
  readonly epoch: number;
}

const channels = 3;

/**
 * One batch. What is drawn for a slice depends on seed, epoch and the slice's id only, so it does not change with
 * batch size, order or a resumed run. Throws when `indices` is empty.
 */
export function makeBatch(slices: SliceSet, indices: readonly number[], grid: Grid, options?: BatchOptions): Batch {
  if (indices.length === 0) throw expected('at least one slice in a batch', 'none');
  const [height, width] = grid.size;
  const pixels = height * width;
  const images = new Float32Array(indices.length * pixels * channels);
  const labels = new Uint8Array(indices.length * pixels);
  indices.forEach((index, n) => {
    const sample = makeSample(slices, index, grid, options);
    images.set(sample.image, n * pixels * channels);
    labels.set(sample.label!, n * pixels);
  });
  return { images, labels, n: indices.length, height, width, ids: indices.map((index) => slices.entries[index].id) };
}

function makeSample(slices: SliceSet, index: number, grid: Grid, options?: BatchOptions): ReturnType<typeof sampleSlice> {
  const entry = slices.entries[index];
  const { image, label } = slices.read(index);
  if (!options?.augment) return sampleSlice(image, label, entry, grid);
  const random = Random.stream(options.seed, 'augment', options.epoch, entry.id);
  const sample = sampleSlice(image, label, entry, grid, drawWarp(random, options.augment, grid));
  applyIntensity(sample.image, grid.size[0], grid.size[1], random, options.augment);
  return sample;
}

/** The order of one epoch: a shuffle that depends on seed and epoch only. */
export const epochOrder = (indices: readonly number[], seed: number, epoch: number): number[] =>
  Random.stream(seed, 'order', epoch).shuffle(indices);
