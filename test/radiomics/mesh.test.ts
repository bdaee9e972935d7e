/** Marching cubes against bodies by hand and the divergence theorem. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { meshMeasures, meshVertices } from '../../lib/radiomics/mesh.ts';
import { roiMask } from '../../lib/radiomics/roi.ts';
import { cross, dot } from '../../lib/volume/vectors.ts';
import type { Vec3 } from '../../lib/volume/volume.ts';
import { roiOf } from './example.ts';

const ones = (n: number): number[] => new Array<number>(n).fill(1);
const meshOf = (mask: number[], shape: Vec3, spacing: Vec3 = [1, 1, 1]) => {
  const roi = roiOf(mask, shape, spacing);
  return meshMeasures(roiMask(roi), roi.shape, spacing);
};

describe('the mesh', () => {
  it('of one voxel is an octahedron', () => {
    const { areaMm2, volumeMm3 } = meshOf([1], [1, 1, 1]);
    expect(volumeMm3).toBeCloseTo(1 / 6, 12);
    expect(areaMm2).toBeCloseTo(Math.sqrt(3), 12);
  });

  it('of a plate of 4×4 voxels is the sum of its cubes', () => {
    const { areaMm2, volumeMm3 } = meshOf(ones(16), [4, 4, 1]);
    expect(volumeMm3).toBeCloseTo(73 / 6, 12);
    expect(areaMm2).toBeCloseTo(18 + 24 * Math.SQRT1_2 + Math.sqrt(3), 12);
  });

  it('scales with the spacing and does not care which axis is which for a single body', () => {
    const shapes = fc.tuple(...[1, 2, 3].map(() => fc.integer({ min: 1, max: 4 }))) as fc.Arbitrary<
      [number, number, number]
    >;
    fc.assert(
      fc.property(shapes, ([a, b, c]) => {
        const volume = (shape: Vec3, spacing: Vec3): number => meshOf(ones(a * b * c), shape, spacing).volumeMm3;
        expect(volume([a, b, c], [2, 2, 2])).toBeCloseTo(8 * volume([a, b, c], [1, 1, 1]), 9);
        expect(volume([a, b, c], [1, 2, 3])).toBeCloseTo(volume([c, b, a], [3, 2, 1]), 9);
      }),
      { numRuns: 30 },
    );
  });
});

describe('meshMeasures', () => {
  it('of an empty mask are 0', () => {
    expect(meshMeasures(new Uint8Array(27), [3, 3, 3], [1, 1, 1])).toEqual({ areaMm2: 0, volumeMm3: 0 });
  });

  it('of two bodies apart are the sum of both', () => {
    const { areaMm2, volumeMm3 } = meshOf([1, 0, 0, 1], [4, 1, 1], [1, 1, 1]);
    expect(areaMm2).toBeCloseTo(2 * Math.sqrt(3), 12);
    expect(volumeMm3).toBeCloseTo(2 / 6, 12);
  });

  it('of a body with a hole lack what the hole, as a body of its own, would have', () => {
    const cube = ones(27);
    const hollow = cube.map((_, i) => Number(i !== 13));
    const [whole, holed, one] = [meshOf(cube, [3, 3, 3]), meshOf(hollow, [3, 3, 3]), meshOf([1], [1, 1, 1])];
    expect(holed.volumeMm3).toBeCloseTo(whole.volumeMm3 - one.volumeMm3, 12);
    expect(holed.areaMm2).toBeCloseTo(whole.areaMm2 + one.areaMm2, 12);
  });
});

describe('meshVertices', () => {
  it('are the middles of the edges between a voxel inside and one outside, in half voxels', () => {
    const roi = roiOf([1], [1, 1, 1]);
    const vertices = meshVertices(roiMask(roi), roi.shape);
    const corners = Array.from({ length: 6 }, (_, n) => [...vertices.slice(3 * n, 3 * n + 3)].join());
    expect(corners.sort()).toEqual(['1,2,2', '2,1,2', '2,2,1', '2,2,3', '2,3,2', '3,2,2']);
  });
});

it('cross and dot are those of the unit vectors', () => {
  expect(cross([1, 0, 0], [0, 1, 0])).toEqual([0, 0, 1]);
  expect(dot([1, 2, 3], [4, 5, 6])).toBe(32);
  expect(dot(cross([1, 2, 3], [4, 5, 6]), [1, 2, 3])).toBe(0);
});
