import { describe, expect, it } from 'vitest';
import { icosphere } from '../../../lib/radiomics/filters/icosphere.ts';

describe('points on a sphere', () => {
  it.each([
    [0, 12],
    [1, 42],
    [2, 162],
  ])('are, after %d subdivisions, %d, all different, at the radius, around the centre', (subdivisions, count) => {
    const points = icosphere(subdivisions, 2);
    expect(new Set(points.map((point) => point.map((v) => v.toFixed(9)).join())).size).toBe(count);
    for (const [x, y, z] of points) expect(Math.hypot(x, y, z)).toBeCloseTo(2, 12);
    for (const axis of [0, 1, 2] as const)
      expect(points.reduce((sum, point) => sum + point[axis], 0)).toBeCloseTo(0, 9);
  });
});
