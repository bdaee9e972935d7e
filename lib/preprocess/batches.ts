/** Batches for the network: slices on the training grid, augmented, in NHWC. */
import { expected } from '../errors.ts';
import { Random } from '../random.ts';
import type { AugmentOptions } from './augment.ts';
import { type Grid, sampleSliceInto } from './grid.ts';
import { applyIntensity } from './intensity.ts';
import type { SliceSet } from './sliceSet.ts';
import { drawWarp } from './warp.ts';

/** Some slices for the network: images [n, height, width, 3] and labels [n, height, width], flat. */
export interface Batch {
  /** NHWC: [n, height, width, 3]. */
  readonly images: Float32Array;
  /** [n, height, width], class numbers. */
  readonly labels: Uint8Array;
  readonly n: number;
  readonly height: number;
  readonly width: number;
  /** Slice ids, in the order of the batch. */
  readonly ids: string[];
}

/** How slices are changed; equal seed and epoch give equal batches. */
export interface BatchOptions {
  /** Without it, slices come as they are. */
  readonly augment?: AugmentOptions;
  readonly seed: number;
  readonly epoch: number;
}

/** All that a batch depends on, besides the slices. */
export interface BatchRequest {
  readonly indices: readonly number[];
  readonly grid: Grid;
  readonly options?: BatchOptions;
}

const channels = 3;

/** Where a batch may be put instead of into new arrays; see makeBatch. */
export type BatchArrays = Pick<Batch, 'images' | 'labels'>;

/** New arrays for a batch of `n` slices on the grid. */
function batchArrays(n: number, grid: Grid): BatchArrays {
  const pixels = n * grid.size[0] * grid.size[1];
  return { images: new Float32Array(pixels * channels), labels: new Uint8Array(pixels) };
}

/**
 * One batch. What is drawn for a slice depends on seed, epoch and the slice's id only, so it does not change with
 * batch size, order or a resumed run. With `arrays` of the right lengths the batch is written into them.
 * Throws when `indices` is empty.
 */
export function makeBatch(
  slices: SliceSet,
  indices: readonly number[],
  grid: Grid,
  options?: BatchOptions,
  arrays: BatchArrays = batchArrays(indices.length, grid),
): Batch {
  if (indices.length === 0) throw expected('at least one slice in a batch', 'none');
  const [height, width] = grid.size;
  const pixels = height * width;
  const { images, labels } = arrays;
  indices.forEach((index, n) => {
    const image = images.subarray(n * pixels * channels, (n + 1) * pixels * channels);
    const label = labels.subarray(n * pixels, (n + 1) * pixels);
    makeSample({ image, label }, slices, index, grid, options);
  });
  return { images, labels, n: indices.length, height, width, ids: indices.map((index) => slices.entries[index].id) };
}

function makeSample(
  out: { image: Float32Array; label: Uint8Array },
  slices: SliceSet,
  index: number,
  grid: Grid,
  options?: BatchOptions,
): void {
  const entry = slices.entries[index];
  const slice = slices.read(index);
  if (!options?.augment) return sampleSliceInto(out, slice, entry, grid);
  const random = Random.stream(options.seed, 'augment', options.epoch, entry.id);
  sampleSliceInto(out, slice, entry, grid, drawWarp(random, options.augment, grid));
  applyIntensity(out.image, grid.size[0], grid.size[1], random, options.augment);
}

/** The order of one epoch: a shuffle that depends on seed and epoch only. */
export const epochOrder = (indices: readonly number[], seed: number, epoch: number): number[] =>
  Random.stream(seed, 'order', epoch).shuffle(indices);
