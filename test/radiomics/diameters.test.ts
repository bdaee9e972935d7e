/** Largest diameters against all pairs of corners, and a box by hand. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hullCandidates, largestDiameter, largestPlaneDiameter } from '../../lib/radiomics/diameters.ts';
import { meshVertices } from '../../lib/radiomics/mesh.ts';
import { roiMask } from '../../lib/radiomics/roi.ts';
import type { Vec3 } from '../../lib/volume/volume.ts';
import { roiOf } from './example.ts';

describe('diameters', () => {
  it('equal the largest of all pairs of corners, over all and within planes', () => {
    const masks = fc.array(fc.integer({ min: 0, max: 1 }), { minLength: 60, maxLength: 60 });
    fc.assert(
      fc.property(masks, (mask) => {
        fc.pre(mask.includes(1));
        const spacing: Vec3 = [0.7, 1.1, 2.5];
        const roi = roiOf(mask, [3, 4, 5], spacing);
        const vertices = meshVertices(roiMask(roi), roi.shape);
        const points = Array.from({ length: vertices.length / 3 }, (_, n) =>
          [0, 1, 2].map((axis) => vertices[3 * n + axis]!),
        );
        const largest = (same?: number): number => {
          let found = 0;
          for (const a of points)
            for (const b of points)
              if (same === undefined || a[same] === b[same])
                found = Math.max(found, Math.hypot(...a.map((x, axis) => ((x - b[axis]!) * spacing[axis]!) / 2)));
          return found;
        };
        expect(largestDiameter(hullCandidates(vertices, roi.shape), spacing)).toBeCloseTo(largest(), 10);
        for (const axis of [0, 1, 2] as const)
          expect(largestPlaneDiameter(vertices, roi.shape, spacing, axis)).toBeCloseTo(largest(axis), 10);
      }),
      { numRuns: 40 },
    );
  });
});

describe('the diameters of a box of 2 × 3 × 4 voxels of 1 × 2 × 3 mm', () => {
  const roi = roiOf(new Array(24).fill(1), [2, 3, 4], [1, 2, 3]);
  const vertices = meshVertices(roiMask(roi), roi.shape);

  it('go from the middle of one face to a far edge of the opposite face', () => {
    // The mesh has no corners but (± half a voxel beyond one axis, voxel centres along the others): the farthest pair
    // differs by the whole length of one axis and by the distance of the outer centres along the others.
    const [x, y, z] = [
      [2 * 1, 2 * 2, 3 * 3],
      [1 * 1, 3 * 2, 3 * 3],
      [1 * 1, 2 * 2, 4 * 3],
    ].map((sides) => Math.hypot(...sides));
    expect(largestDiameter(hullCandidates(vertices, roi.shape), roi.spacingMm)).toBeCloseTo(Math.max(x, y, z), 12);
  });

  it('lie in planes through voxel centres or half way', () => {
    // Across z: in a plane of centres the contour reaches half a voxel beyond x or y, so 2 × 4 or 1 × 6.
    expect(largestPlaneDiameter(vertices, roi.shape, roi.spacingMm, 2)).toBeCloseTo(Math.hypot(1, 6), 12);
  });
});

it('fewer than two points have no distance', () => {
  expect(largestDiameter(Int32Array.of(), [1, 1, 1])).toBe(0);
  expect(largestDiameter(Int32Array.of(4, 4, 4), [1, 1, 1])).toBe(0);
  expect(largestPlaneDiameter(Int32Array.of(), [3, 3, 3], [1, 1, 1], 0)).toBe(0);
});
