/** 3-D shape of bodies by hand. */
import { describe, expect, it } from 'vitest';
import { shape3dFeatures } from '../../lib/radiomics/shape3d.ts';
import { roiOf } from './example.ts';

const ones = (n: number): number[] => new Array<number>(n).fill(1);

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

describe('3-D shape', () => {
  it('of a line has no elongation and no flatness; its variance is (n² − 1) / 12', () => {
    const f = shape3dFeatures(roiOf(ones(5), [5, 1, 1], [2, 1, 1]));
    expect(f).toMatchObject({ VoxelVolume: 10, MinorAxisLength: 0, Elongation: 0, Flatness: 0 });
    expect(f.MajorAxisLength).toBeCloseTo(4 * Math.sqrt((24 / 12) * 4), 12);
  });

  it('of a cube is the same along every axis', () => {
    const f = shape3dFeatures(roiOf(ones(27), [3, 3, 3]));
    for (const name of ['Elongation', 'Flatness']) expect(f[name]).toBeCloseTo(1, 12);
    expect(f.Maximum2DDiameterRow).toBeCloseTo(f.Maximum2DDiameterSlice, 12);
    expect(f.SurfaceVolumeRatio).toBeCloseTo(f.SurfaceArea / f.MeshVolume, 12);
    expect(f.Sphericity).toBeGreaterThan(Math.cbrt(Math.PI / 6)); // a sharp cube has that; the mesh cuts its edges
    expect(f.Sphericity).toBeLessThan(1);
  });

  it('grows with the spacing as lengths, areas and volumes do, ratios staying', () => {
    const mask = [1, 1, 0, 1, 1, 1, 0, 1, 1, 0, 1, 1];
    const [small, large] = [1, 2].map((mm) => shape3dFeatures(roiOf(mask, [3, 2, 2], [mm, mm, mm])));
    expect(large.MeshVolume).toBeCloseTo(8 * small.MeshVolume, 10);
    expect(large.SurfaceArea).toBeCloseTo(4 * small.SurfaceArea, 10);
    for (const name of ['Maximum3DDiameter', 'MajorAxisLength', 'LeastAxisLength'])
      expect(large[name]).toBeCloseTo(2 * small[name], 10);
    for (const name of ['Sphericity', 'Elongation', 'Flatness']) expect(large[name]).toBeCloseTo(small[name], 10);
  });
});
