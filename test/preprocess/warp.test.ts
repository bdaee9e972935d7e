/** Random warps, and what a slice becomes under them. */

import { describe, expect, it } from 'vitest';
import { augmentDefault, augmentNone } from '../../lib/preprocess/augment.ts';
import { nativeGrid } from '../../lib/preprocess/grid.ts';
import { drawWarp, identityWarp } from '../../lib/preprocess/warp.ts';
import { Random } from '../../lib/random.ts';
import { sampleSlice } from './sampleSlice.ts';

const grid = nativeGrid(64, 64);
const source = { height: 64, width: 64, spacingMm: [1, 1] as [number, number] };
const draws = (count: number, options = augmentDefault) =>
  Array.from({ length: count }, (_, i) => drawWarp(Random.stream(i, 'test'), options, grid));

/** An ellipse as 0/1 mask. */
const ellipse = Uint8Array.from({ length: 64 * 64 }, (_, p) =>
  (((p % 64) - 34) / 17) ** 2 + ((Math.floor(p / 64) - 30) / 10) ** 2 < 1 ? 1 : 0,
);

describe('drawWarp', () => {
  it('is the identity without strengths, and the identity shows the source unchanged', () => {
    expect(drawWarp(Random.stream(1, 'test'), augmentNone, grid).matrix.map((v) => v + 0)).toEqual(identityWarp.matrix);
    expect(sampleSlice(Float32Array.from(ellipse), ellipse, source, grid, identityWarp).label).toEqual(ellipse);
  });

  it('is the same for image and mask: an image that equals its mask still does after the warp', () => {
    for (const warp of draws(20)) {
      const { image, label } = sampleSlice(Float32Array.from(ellipse), ellipse, source, grid, warp);
      expect(Uint8Array.from(image, (v) => (v >= 0.5 ? 1 : 0))).toEqual(label);
      expect(label!.includes(1)).toBe(true);
    }
  });

  it('turns, scales, shears and shifts within its limits, to both sides', () => {
    const only = (part: object) => draws(400, { ...augmentNone, ...part });
    const range = (values: number[]) => [Math.min(...values), Math.max(...values)];
    const turns = range(
      only({ rotationDegrees: 15 }).map(({ matrix }) => (Math.atan2(matrix[2], matrix[0]) * 180) / Math.PI),
    );
    expect(turns[0]).toBeGreaterThan(-15);
    expect(turns[0]).toBeLessThan(-14.5);
    expect(turns[1]).toBeGreaterThan(14.5);
    const scales = range(only({ logScale: 0.22 }).map(({ matrix }) => Math.log(matrix[0])));
    expect(scales[0]).toBeCloseTo(-0.22, 1);
    expect(scales[1]).toBeCloseTo(0.22, 1);
    const aspects = range(only({ logAspect: 0.1 }).map(({ matrix }) => Math.log(matrix[3] / matrix[0])));
    expect(aspects[1]).toBeCloseTo(0.1, 2);
    expect(range(only({ shear: 0.1 }).map(({ matrix }) => matrix[2]))[1]).toBeCloseTo(0.1, 2);
    const shifts = range(only({ shift: 0.12 }).flatMap(({ shift }) => shift));
    expect(shifts[0] / 64).toBeCloseTo(-0.12, 2);
    expect(shifts[1] / 64).toBeCloseTo(0.12, 2);
  });

  it('keeps areas under rotation and shear', () => {
    for (const { matrix } of draws(20, { ...augmentNone, rotationDegrees: 30, shear: 0.3 })) {
      expect(matrix[0] * matrix[3] - matrix[1] * matrix[2]).toBeCloseTo(1, 12);
    }
  });

  it('mirrors only when asked to', () => {
    const [warp] = draws(1, { ...augmentNone, flipChance: [0, 1] });
    const mirrored = sampleSlice(Float32Array.from(ellipse), ellipse, source, grid, warp).label!;
    expect(mirrored).toEqual(ellipse.map((_, p) => ellipse[p - (p % 64) + 63 - (p % 64)]));
    for (const { matrix } of draws(100)) expect(matrix[0] * matrix[3] - matrix[1] * matrix[2]).toBeGreaterThan(0);
  });

  it('bends smoothly: the spread is half that of the control points, and nothing folds over', () => {
    const ramp = Float32Array.from({ length: 2 * 128 * 128 }, (_, i) =>
      i < 128 * 128 ? Math.floor(i / 128) : i % 128,
    );
    const wide = { height: 128, width: 128, spacingMm: [1, 1] as [number, number] };
    const inner = { ...grid, extent: [64, 64] as [number, number] };
    let [sum, count, smallestArea] = [0, 0, Infinity];
    for (const warp of draws(30, { ...augmentNone, elastic: 0.035 })) {
      // the two planes are their own coordinates, so the sample is the map itself
      const { image: at } = sampleSlice(ramp, undefined, wide, inner, warp);
      for (let i = 0; i < 63; i++) {
        for (let j = 0; j < 63; j++) {
          const p = 2 * (64 * i + j);
          const [yy, yx, xy, xx] = [
            at[p + 128] - at[p],
            at[p + 2] - at[p],
            at[p + 129] - at[p + 1],
            at[p + 3] - at[p + 1],
          ];
          smallestArea = Math.min(smallestArea, yy * xx - yx * xy);
          sum += (at[p] - (i + 32)) ** 2 + (at[p + 1] - (j + 32)) ** 2;
          count += 2;
        }
      }
    }
    expect(smallestArea).toBeGreaterThan(0);
    const spread = Math.sqrt(sum / count) / 64;
    expect(spread).toBeGreaterThan(0.012);
    expect(spread).toBeLessThan(0.022);
  });
});
