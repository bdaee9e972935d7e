/** IBSI's morphology by hand. */
import { describe, expect, it } from 'vitest';
import { meshMeasures } from '../../lib/radiomics/mesh.ts';
import { morphologyFeatures } from '../../lib/radiomics/morphology.ts';
import { roiMask } from '../../lib/radiomics/roi.ts';
import { roiOf } from './example.ts';

const ones = (n: number): number[] => new Array<number>(n).fill(1);

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

  it("takes IBSI's ellipsoid area for two equal axes too: its series sums to 4πa² (c/a + asin(β)/β)/2", () => {
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

describe('the measures of compactness', () => {
  it('are powers of one another: of a sphericity s they are s^(3/2) / 6π, s³, 1/s and 1/s − 1', () => {
    const f = morphologyFeatures(roiOf(ones(12), [3, 2, 2]), Float64Array.from(ones(12)));
    const sphericity = 1 / f.SphericalDisproportion;
    expect(f.Compactness1).toBeCloseTo(sphericity ** 1.5 / (6 * Math.PI), 12);
    expect(f.Compactness2).toBeCloseTo(sphericity ** 3, 12);
    expect(f.Asphericity).toBeCloseTo(1 / sphericity - 1, 12);
  });
});

describe('autocorrelation', () => {
  it('is left out of a ROI of more than 20,000 voxels, which would take too long', () => {
    const n = 20_001;
    const f = morphologyFeatures(
      roiOf(ones(n), [n, 1, 1]),
      Float64Array.from({ length: n }, (_, i) => i % 3),
    );
    expect([f.MoranI, f.GearyC]).toEqual([NaN, NaN]);
    expect(f.CentreOfMassShift).toBeGreaterThanOrEqual(0);
  });
});
