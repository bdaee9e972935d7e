/** From slices to pancreas probabilities on the slices' own pixels. */
import { tf } from '../engine/engine.ts';
import { resampleToSource, sampleSlice, type Grid, type SliceGeometry } from '../preprocess/grid.ts';
import { openLoader, type BatchLoader } from '../preprocess/loader.ts';
import type { SliceSet } from '../preprocess/sliceSet.ts';
import { breathe } from './breathe.ts';

/** A slice as prediction needs it: three neighbouring slices and where their pixels lie. */
export interface SliceInput {
  /** (3, H, W). */
  readonly image: Float32Array;
  readonly geometry: SliceGeometry;
}

/**
 * Softmax probability of the foreground (all classes but 0) for images on the grid.
 * `images` is NHWC [n, h, w, 3]; the result has one (h, w) array per image.
 */
export function foregroundProbability(model: tf.LayersModel, images: Float32Array, n: number, [height, width]: Grid['size']): Float32Array[] {
  const flat = tf.tidy(() => {
    const logits = model.predict(tf.tensor4d(images, [n, height, width, images.length / (n * height * width)])) as tf.Tensor4D;
    return tf.sub(1, tf.slice(tf.softmax(logits), [0, 0, 0, 0], [-1, -1, -1, 1]));
  });
  const values = flat.dataSync<'float32'>();
  flat.dispose();
  const pixels = height * width;
  return Array.from({ length: n }, (_, i) => values.slice(i * pixels, (i + 1) * pixels));
}

/** One batch of slices to probabilities (H, W) on each slice's own pixels; 0 outside the grid's window. */
export function predictBatch(model: tf.LayersModel, inputs: readonly SliceInput[], grid: Grid): Float32Array[] {
  const pixels = grid.size[0] * grid.size[1];
  const images = new Float32Array(inputs.length * pixels * 3);
  inputs.forEach(({ image, geometry }, i) => images.set(sampleSlice(image, undefined, geometry, grid).image, i * pixels * 3));
  return foregroundProbability(model, images, inputs.length, grid.size).map((map, i) => resampleToSource(map, inputs[i].geometry, grid));
}

/**
 * Predicts slices of a set, in the order of `indices`. Each result is the probability (H, W) on the slice's own
 * pixels. Nothing is yielded for no indices. The next slices are made ready while the network computes: by `loader`,
 * or by one of its own.
 */
export async function* predictSlices(
  model: tf.LayersModel, slices: SliceSet, indices: readonly number[], grid: Grid, batchSize: number, loader?: BatchLoader,
): AsyncGenerator<{ index: number; probability: Float32Array }> {
  const requests = Array.from({ length: Math.ceil(indices.length / batchSize) }, (_, i) => ({ grid, indices: indices.slice(i * batchSize, (i + 1) * batchSize) }));
  const batches = loader ?? openLoader(slices);
  try {
    const stream = batches.stream(requests);
    for (const { indices: part } of requests) {
      const { images, n } = await stream.next();
      const maps = foregroundProbability(model, images, n, grid.size);
      for (let i = 0; i < n; i++) yield { index: part[i], probability: resampleToSource(maps[i], slices.entries[part[i]], grid) };
      await breathe();
    }
  } finally {
    if (!loader) await batches.close();
  }
}

/** Pixels of at least the threshold, as 0 and 1. */
export function thresholdMask(probability: Float32Array, threshold = 0.5): Uint8Array {
  const mask = new Uint8Array(probability.length);
  for (let i = 0; i < mask.length; i++) mask[i] = probability[i] >= threshold ? 1 : 0;
  return mask;
}
