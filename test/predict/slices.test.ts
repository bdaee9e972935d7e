/** From slices to probabilities on their own pixels. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tf } from '../../lib/engine/engine.ts';
import { predictSlices } from '../../lib/predict/predictSlices.ts';
import { classMask, foregroundNetwork, predictImages, sampleBatch, thresholdMask } from '../../lib/predict/slices.ts';
import { type Grid, nativeGrid } from '../../lib/preprocess/grid.ts';
import { slicesInMemory } from '../preprocess/slicesInMemory.ts';
import { thresholdModel } from './fake.ts';

/** Values in steps of 1/64, their middle channel another than the outer ones. */
const imageOf = (pixels: number, seed: number): Float32Array =>
  Float32Array.from({ length: 3 * pixels }, (_, k) => ((k * 37 + seed * 11) % 64) / 64);
const sizes = [
  [7, 13],
  [5, 16],
  [16, 9],
] as const;
const slices = slicesInMemory(
  sizes.map(([height, width], i) => ({
    id: `s${i}`,
    patient: `p${i}`,
    height,
    width,
    image: imageOf(height * width, i),
    label: new Uint8Array(height * width),
  })),
);
const threshold = 0.5 - 1 / 128; // between two values that occur
/** What the network of fake.ts finds: the middle channel at least at the threshold. */
const wanted = (i: number): Uint8Array => {
  const pixels = sizes[i][0] * sizes[i][1];
  return Uint8Array.from(slices.read(i).image.subarray(pixels, 2 * pixels), (v) => Number(v >= threshold));
};

describe('predictSlices', () => {
  it('gives each slice on its own pixels, in the order asked for, whatever the batch', async () => {
    const grid: Grid = nativeGrid(5, 16);
    const model = await thresholdModel(grid.size, 1, threshold);
    for (const batchSize of [1, 2, 5]) {
      const found: number[] = [];
      for await (const {
        index,
        probabilities: [probability],
      } of predictSlices(model, slices, [1, 1, 1], { grid, batchSize })) {
        found.push(index);
        expect(thresholdMask(probability)).toEqual(wanted(1));
      }
      expect(found).toEqual([1, 1, 1]);
    }
  });
  it('is 0 outside the window of the grid', async () => {
    const grid: Grid = { size: [16, 16], unit: 'px', centre: [0, 0], extent: [4, 4] };
    const model = await thresholdModel(grid.size, 1, -1); // everything in the window
    for await (const {
      probabilities: [probability],
    } of predictSlices(model, slices, [0], { grid, batchSize: 1 })) {
      // Of 7 × 13 pixels about (3, 6) those within 2 of it: rows 1 to 5 and columns 4 to 8.
      const inside = Uint8Array.from({ length: 91 }, (_, p) =>
        Number(Math.abs(Math.floor(p / 13) - 3) <= 2 && Math.abs((p % 13) - 6) <= 2),
      );
      expect(thresholdMask(probability)).toEqual(inside);
    }
  });
  it('yields nothing for no slices', async () => {
    const model = await thresholdModel([16, 16], 1, 0);
    for await (const slice of predictSlices(model, slices, [], { grid: nativeGrid(16, 16), batchSize: 2 }))
      expect(slice).toBeUndefined();
  });
});

describe('predictImages', () => {
  it('is the softmax of all classes but the background, one map an image', async () => {
    const model = await thresholdModel([1, 2], 1, 0.5);
    const network = foregroundNetwork(model);
    // Logits 0 and 1000 (middle − 1/2): 1/2 at 0.5, e/(1 + e) at 0.501, 0 and 1 far away.
    const images = Float32Array.from([0.5, 0.501, 0, 1].flatMap((middle) => [9, middle, 9]));
    const maps = await predictImages(network, images, 2, [1, 2]);
    network.close();
    expect(maps).toHaveLength(2);
    expect([...maps[0][0], ...maps[1][0]]).toEqual(
      [1 / 2, Math.E / (1 + Math.E), 0, 1].map((p) => expect.closeTo(p, 4)),
    );
  });
});

describe('predictImages of several classes', () => {
  it('has a map of each class but the background', async () => {
    const kernel = tf.tensor4d([0, 1, 2, 0, 0, 0, 0, 0, 0], [1, 1, 3, 3]); // logits 0, c and 2 c of the first channel
    const layers = [
      tf.layers.conv2d({ filters: 3, kernelSize: 1, weights: [kernel, tf.zeros([3])], inputShape: [1, 2, 3] }),
    ];
    const network = foregroundNetwork(tf.sequential({ layers }));
    const ln2 = Math.log(2);
    const maps = await predictImages(network, Float32Array.of(0, 9, 9, ln2, 9, 9), 1, [1, 2]);
    network.close();
    // 1 : 1 : 1, and 1 : 2 : 4.
    const near = (...values: number[]): unknown => values.map((value) => expect.closeTo(value, 6));
    expect(maps.map((classes) => classes.map((map) => [...map]))).toEqual([[near(1 / 3, 2 / 7), near(1 / 3, 4 / 7)]]);
  });
});

describe('sampleBatch', () => {
  it('puts slices side by side as (n, h, w, 3), zeros where the grid is larger', () => {
    const geometry = { height: 1, width: 2, spacingMm: [1, 1] as const };
    const grid = nativeGrid(1, 2);
    const inputs = [1, 2].map((k) => ({ image: Float32Array.of(k, 10 * k, 20 * k, 30 * k, 40 * k, 50 * k), geometry }));
    const images = sampleBatch(2, (i) => inputs[i]!, grid);
    expect(images).toHaveLength(2 * 256 * 3);
    for (const k of [1, 2]) {
      const image = images.subarray((k - 1) * 768, k * 768);
      const filled = [...image].filter((v) => v !== 0);
      expect(filled).toEqual([1, 20, 40, 10, 30, 50].map((v) => v * k)); // two pixels of three channels
    }
  });
});

describe('thresholdMask', () => {
  it('has the pixels of at least the threshold, one half by default', () => {
    expect(thresholdMask(Float32Array.of(0, 0.49, 0.5, 1))).toEqual(Uint8Array.of(0, 0, 1, 1));
    expect(thresholdMask(Float32Array.of(0.7, 0.8), 0.75)).toEqual(Uint8Array.of(0, 1));
    expect(thresholdMask(Float32Array.of(NaN))).toEqual(Uint8Array.of(0));
  });
  it('only shrinks when the threshold rises', () => {
    const values = fc.array(fc.float({ min: 0, max: 1, noNaN: true }), { maxLength: 20 });
    fc.assert(
      fc.property(
        values,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (p, a, b) => {
          const [low, high] = [Math.min(a, b), Math.max(a, b)].map((t) => thresholdMask(Float32Array.from(p), t));
          expect(high.every((v, i) => v <= low[i])).toBe(true);
        },
      ),
    );
  });
});

describe('classMask', () => {
  const maps = (...rows: number[][]): Float32Array[] => rows.map((row) => Float32Array.from(row));
  it('is of one class what reaches the threshold', () => {
    expect(classMask(maps([0.4, 0.5, 0.8]))).toEqual(Uint8Array.of(0, 1, 1));
    expect(classMask(maps([0.4, 0.5, 0.8]), 0.6)).toEqual(Uint8Array.of(0, 0, 1));
  });
  it('is of several the likeliest, background having the rest, and the highest of equals', () => {
    // Background 0.4, 0.1, 0.25, 0.5, 1, 0.5.
    const classes = maps([0.35, 0.5, 0.25, 0.25, 0, 0.5], [0.25, 0.4, 0.5, 0.25, 0, 0]);
    expect(classMask(classes)).toEqual(Uint8Array.of(0, 1, 2, 0, 0, 1));
    expect(classMask(maps([0.5], [0.5]))).toEqual(Uint8Array.of(2));
  });
  it('does not look at the threshold of several classes', () => {
    expect(classMask(maps([0.3], [0.3]), 0.1)).toEqual(Uint8Array.of(0));
  });
});
