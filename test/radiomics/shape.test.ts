import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { convexHull } from '../../lib/radiomics/convexHull.ts';
import { hullCandidates, largestDiameter, largestPlaneDiameter } from '../../lib/radiomics/diameters.ts';
import { meshMeasures, meshVertices } from '../../lib/radiomics/mesh.ts';
import { morphologyFeatures } from '../../lib/radiomics/morphology.ts';
import { symmetricEigenvalues } from '../../lib/radiomics/principalAxes.ts';
import { roiMask } from '../../lib/radiomics/roi.ts';
import { shape2dFeatures } from '../../lib/radiomics/shape2d.ts';
import { shape3dFeatures } from '../../lib/radiomics/shape3d.ts';
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

describe('3-D shape of a plate of 4×4 voxels', () => {
  it('is that worked out by hand', () => {
    const f = shape3dFeatures(roiOf(ones(16), [4, 4, 1]));
    expect(f).toMatchObject({
      VoxelVolume: 16,
      LeastAxisLength: 0,
      Flatness: 0,
      Maximum3DDiameter: 5,
      Maximum2DDiameterSlice: 5,
      Maximum2DDiameterRow: 4,
      Maximum2DDiameterColumn: 4,
    });
    expect(f.MajorAxisLength).toBeCloseTo(4 * Math.sqrt(5 / 4), 12);
    expect(f.Elongation).toBeCloseTo(1, 12);
    expect(f.Sphericity).toBeCloseTo(
      Math.cbrt(36 * Math.PI * (73 / 6) ** 2) / (18 + 24 * Math.SQRT1_2 + Math.sqrt(3)),
      12,
    );
  });
});

describe('2-D shape of 4×4 pixels', () => {
  it('is that worked out by hand', () => {
    const f = shape2dFeatures(roiOf(ones(16), [4, 4, 1]));
    expect(f).toMatchObject({ MeshSurface: 15.5, PixelSurface: 16, MaximumDiameter: 5 });
    expect(f.Perimeter).toBeCloseTo(12 + 4 * Math.SQRT1_2, 12);
    expect(f.MinorAxisLength).toBeCloseTo(4 * Math.sqrt(5 / 4), 12);
  });

  it('keeps pixels apart that touch at a corner', () => {
    expect(shape2dFeatures(roiOf([1, 0, 0, 1], [2, 2, 1])).MeshSurface).toBe(1);
  });

  it('takes the slices of the axis it is told, with their spacing', () => {
    const [a, b] = [
      shape2dFeatures(roiOf(ones(6), [1, 2, 3], [5, 1, 2]), 'x'),
      shape2dFeatures(roiOf(ones(6), [2, 3, 1], [1, 2, 5]), 'z'),
    ];
    expect(a).toEqual(b);
    expect(() => shape2dFeatures(roiOf(ones(8), [2, 2, 2]))).toThrow(
      'Expected a ROI of one slice across z for 2-D shape, found 2 slices',
    );
  });
});

describe('morphology', () => {
  it('of the plate with two halves is that worked out by hand', () => {
    const values = Float64Array.from({ length: 16 }, (_, at) => (at % 4 < 2 ? 1 : 2));
    const f = morphologyFeatures(roiOf(ones(16), [4, 4, 1]), values);
    expect(f.CentreOfMassShift).toBeCloseTo(1 / 3, 12);
    expect(f.VolumeDensityBoundingBox).toBeCloseTo(73 / 96, 12);
    expect(f.IntegratedIntensity).toBeCloseTo((1.5 * 73) / 6, 12);
    expect(f.MajorAxisLength).toBeCloseTo(4 * Math.sqrt((5 / 4) * (16 / 15)), 12);
    // The mesh of the plate is convex.
    expect(f.VolumeDensityConvexHull).toBeCloseTo(1, 12);
    expect(f.AreaDensityConvexHull).toBeCloseTo(1, 12);
  });

  it("takes IBSI's ellipsoid area for two equal axes too, where its series sums to 4πa² (c/a + asin(β)/β)/2", () => {
    const half = (length: number): number => 2 * Math.sqrt((((length * length - 1) / 12) * 48) / 47);
    const [a, c] = [half(4), half(3)];
    const beta = Math.sqrt(1 - (c / a) ** 2);
    const roi = roiOf(ones(48), [4, 4, 3]);
    const f = morphologyFeatures(roi, Float64Array.from(ones(48)));
    const area = meshMeasures(roiMask(roi), roi.shape, roi.spacingMm).areaMm2;
    expect(area / f.AreaDensityEllipsoid!).toBeCloseTo(2 * Math.PI * a * a * (c / a + Math.asin(beta) / beta), 8);
    const cube = roiOf(ones(27), [3, 3, 3]);
    expect(morphologyFeatures(cube, Float64Array.from(ones(27))).AreaDensityEllipsoid).toBeCloseTo(
      meshMeasures(roiMask(cube), cube.shape, cube.spacingMm).areaMm2 / (4 * Math.PI * 4 * (2 / 3) * (27 / 26)),
      12,
    );
  });

  it('finds two neighbours of different value opposed, and equal values without autocorrelation', () => {
    expect(morphologyFeatures(roiOf([1, 1], [2, 1, 1]), Float64Array.of(1, 3))).toMatchObject({
      MoranI: -1,
      GearyC: 1,
    });
    expect(morphologyFeatures(roiOf([1, 1], [2, 1, 1]), Float64Array.of(2, 2)).MoranI).toBeNaN();
  });
});

describe('a convex hull', () => {
  it('of a cube with points inside and on its faces is the cube', () => {
    const points: number[] = [];
    for (let x = 0; x < 4; x++) for (let y = 0; y < 4; y++) for (let z = 0; z < 4; z++) points.push(x, y, z);
    const { areaMm2, volumeMm3 } = convexHull(Int32Array.from(points), [1, 1, 2]);
    expect([areaMm2, volumeMm3]).toEqual([expect.closeTo(2 * 9 + 4 * 18, 10), expect.closeTo(54, 10)]);
  });

  it('of points in one plane has no volume', () => {
    expect(convexHull(Int32Array.of(0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 1, 0, 2, 2, 0), [1, 1, 1])).toEqual({
      areaMm2: 0,
      volumeMm3: 0,
    });
  });
});

it('eigenvalues of a symmetric matrix are those of a matrix built from them', () => {
  // Rotation by the 3-4-5 angle in the first two axes of diag(5, 2, 1).
  const found = symmetricEigenvalues([
    [3.92, 1.44, 0],
    [1.44, 3.08, 0],
    [0, 0, 1],
  ]);
  [5, 2, 1].forEach((value, i) => expect(found[i]).toBeCloseTo(value, 12));
});
