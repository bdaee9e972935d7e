import { describe, expect, it } from 'vitest';
import { blurInPlace, scannerNoise, smoothField } from '../../../lib/dataset/phantom/fields.ts';
import { Random } from '../../../lib/random.ts';
import type { Vec3 } from '../../../lib/volume/volume.ts';

const mean = (values: ArrayLike<number>): number => Array.from(values).reduce((a, b) => a + b, 0) / values.length;
const deviation = (values: ArrayLike<number>): number =>
  Math.sqrt(mean(Array.from(values, (v) => v * v)) - mean(values) ** 2);

/** Correlation of each value with the one `offset` further on. */
function correlation(values: Float32Array, offset: number): number {
  let sum = 0;
  for (let i = 0; i + offset < values.length; i++) sum += values[i]! * values[i + offset]!;
  return sum / (values.length - offset) / deviation(values) ** 2;
}

describe('smoothField', () => {
  const shape: Vec3 = [60, 50, 40];

  it('has mean 0 and deviation 1 whatever its scale', () => {
    for (const scaleMm of [4, 8, 20]) {
      const field = smoothField(Random.stream(1, 'field', scaleMm), shape, [2, 2, 3], scaleMm);
      expect(field).toHaveLength(60 * 50 * 40);
      // A field of few lattice points scatters more: the standard error of its deviation grows with the scale.
      expect(deviation(field)).toBeGreaterThan(0.8);
      expect(deviation(field)).toBeLessThan(1.2);
      expect(Math.abs(mean(field))).toBeLessThan(0.03 * scaleMm);
    }
  });

  it('changes little from voxel to voxel, and less the larger the scale', () => {
    const near = (scaleMm: number): number => correlation(smoothField(Random.stream(2), shape, [2, 2, 2], scaleMm), 1);
    expect(near(8)).toBeGreaterThan(0.9);
    expect(near(24)).toBeGreaterThan(near(8));
  });

  it('is the same for the same stream and another for another', () => {
    const make = (seed: number): Float32Array => smoothField(Random.stream(seed), [9, 8, 7], [1, 1, 1], 4);
    expect(make(3)).toEqual(make(3));
    expect(make(3)).not.toEqual(make(4));
  });
});

describe('blurInPlace', () => {
  it('leaves a constant as it is, also at the edges', () => {
    const data = new Float32Array(6 * 5 * 4).fill(-100);
    blurInPlace(data, [6, 5, 4], [0.8, 0.5, 0.4]);
    for (const value of data) expect(value).toBeCloseTo(-100, 4);
  });

  it('spreads a point into a Gaussian along each axis, and not along an axis with sigma 0', () => {
    const data = new Float32Array(15 * 15 * 3);
    data[7 + 15 * (7 + 15)] = 1;
    blurInPlace(data, [15, 15, 3], [1, 1.5, 0]);
    const at = (x: number, y: number, z: number): number => data[x + 15 * (y + 15 * z)]!;
    expect(data.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5);
    expect(at(8, 7, 1) / at(7, 7, 1)).toBeCloseTo(Math.exp(-0.5), 4);
    expect(at(7, 8, 1) / at(7, 7, 1)).toBeCloseTo(Math.exp(-0.5 / 1.5 ** 2), 4);
    expect(at(7, 7, 0)).toBe(0);
  });
});

describe('scannerNoise', () => {
  it('has the deviation asked for, is correlated within a slice and not between slices', () => {
    const noise = scannerNoise(Random.stream(5), [64, 64, 20], 9, 0.6);
    expect(mean(noise)).toBeCloseTo(0, 0);
    expect(deviation(noise)).toBeGreaterThan(9 * 0.96);
    expect(deviation(noise)).toBeLessThan(9 * 1.04);
    expect(correlation(noise, 1)).toBeGreaterThan(0.3);
    expect(Math.abs(correlation(noise, 64 * 64))).toBeLessThan(0.02);
  });
});
