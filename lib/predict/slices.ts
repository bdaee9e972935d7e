/** From slices to the probabilities of the foreground classes on the slices' own pixels. */
import { tf } from 'axunet-engine/engine';
import { type CompiledModel, compileModel } from 'axunet-engine/graph/compileModel';
import { type Grid, type SliceGeometry, sampleSliceInto } from '../preprocess/grid.ts';

/** A slice as prediction needs it: three neighbouring slices and where their pixels lie. */
export interface SliceInput {
  /** (3, H, W). */
  readonly image: Float32Array;
  readonly geometry: SliceGeometry;
}

/**
 * Softmax probabilities of all classes but 0 from logits [n, h, w, classes]; [n, h, w, classes − 1]. That of one class
 * alone is what the background leaves.
 */
export function foregroundOf(logits: tf.Tensor): tf.Tensor {
  const all = tf.softmax(logits as tf.Tensor4D);
  if (logits.shape[3] === 2) return tf.sub(1, tf.slice(all, [0, 0, 0, 0], [-1, -1, -1, 1]));
  return tf.slice(all, [0, 0, 0, 1], [-1, -1, -1, -1]);
}

/** A network that gives the probabilities of the foreground classes. */
export type ForegroundNetwork = CompiledModel;

/** The network ready for many batches: compiled, where that is possible. Whoever makes it closes it. */
export const foregroundNetwork = (model: tf.LayersModel): ForegroundNetwork =>
  compileModel(model, { finish: foregroundOf });

/**
 * What the network says of images on the grid, NHWC [n, h, w, channels]: per image the probabilities (h, w) of each
 * foreground class.
 */
export async function predictImages(
  network: ForegroundNetwork,
  images: Float32Array,
  n: number,
  [height, width]: Grid['size'],
): Promise<Float32Array[][]> {
  const pixels = height * width;
  const values = await network.predict(images, [n, height, width, images.length / (n * pixels)]);
  const classes = values.length / (n * pixels);
  return Array.from({ length: n }, (_, i) => planesOf(values, i * pixels * classes, pixels, classes));
}

/** The values from `start` on, (pixels, classes), class by class. */
function planesOf(values: Float32Array, start: number, pixels: number, classes: number): Float32Array[] {
  return Array.from({ length: classes }, (_, c) => {
    const plane = new Float32Array(pixels);
    for (let p = 0, from = start + c; p < pixels; p++, from += classes) plane[p] = values[from];
    return plane;
  });
}

/** `count` slices brought to the grid, NHWC [n, h, w, 3]; each is asked for when the one before it has been read. */
export function sampleBatch(count: number, slice: (i: number) => SliceInput, grid: Grid): Float32Array {
  const values = grid.size[0] * grid.size[1] * 3;
  const images = new Float32Array(count * values);
  for (let i = 0; i < count; i++) {
    const { image, geometry } = slice(i);
    sampleSliceInto({ image: images.subarray(i * values, (i + 1) * values) }, { image }, geometry, grid);
  }
  return images;
}

/** Pixels of at least the threshold, as 0 and 1. */
export function thresholdMask(probability: Float32Array, threshold = 0.5): Uint8Array {
  const mask = new Uint8Array(probability.length);
  for (let i = 0; i < mask.length; i++) mask[i] = probability[i] >= threshold ? 1 : 0;
  return mask;
}

/**
 * The likeliest class of each pixel, background having what `probabilities` of the classes 1, 2, … leave, and the
 * highest of equals; of one class alone the pixels of at least the threshold.
 */
export function classMask(probabilities: readonly Float32Array[], threshold?: number): Uint8Array {
  if (probabilities.length === 1) return thresholdMask(probabilities[0], threshold);
  const mask = new Uint8Array(probabilities[0].length);
  const most = new Float32Array(mask.length).fill(1);
  for (const map of probabilities) for (let i = 0; i < mask.length; i++) most[i] -= map[i];
  probabilities.forEach((map, c) => {
    for (let i = 0; i < mask.length; i++) {
      if (map[i] < most[i]) continue;
      mask[i] = c + 1;
      most[i] = map[i];
    }
  });
  return mask;
}
