import { describe, expect, it } from 'vitest';
import { drawPlacement, store } from '../../../lib/dataset/phantom/scanner.ts';
import { Random } from '../../../lib/random.ts';
import { orientationCodes, toCanonical } from '../../../lib/volume/orientation.ts';
import { spacingOf, type Vec3, voxelToMm } from '../../../lib/volume/volume.ts';

const shape: Vec3 = [4, 3, 2];
const spacingMm: Vec3 = [2, 2.5, 4];
const data = Int16Array.from({ length: 24 }, (_, i) => i);

describe('store', () => {
  const placements = Array.from({ length: 60 }, (_, i) => drawPlacement(Random.stream(1, 'placement', i)));

  it('gives an affine with the orientation drawn, and the spacing of the stored axes', () => {
    for (const placement of placements) {
      const stored = store(data, shape, spacingMm, placement);
      expect(orientationCodes(stored.affine)).toBe(placement.orientation);
      spacingOf(stored.affine).forEach((mm, i) => expect(mm).toBeCloseTo(stored.spacingMm[i]!, 9));
      expect(stored.shape.reduce((a, b) => a * b)).toBe(24);
    }
    expect(new Set(placements.map((p) => p.orientation)).size).toBe(10);
    expect(placements.some((p) => p.tilt !== 0)).toBe(true);
  });

  it('comes back to the same canonical voxels at the same places in the patient', () => {
    const direct = store(data, shape, spacingMm, { ...placements[0]!, orientation: 'LPS' });
    for (const { orientation } of placements) {
      const back = toCanonical(store(data, shape, spacingMm, { ...placements[0]!, orientation }));
      expect(back.data).toEqual(data);
      expect(back.spacingMm).toEqual(spacingMm);
      for (const voxel of [
        [0, 0, 0],
        [3, 1, 1],
      ] as const) {
        voxelToMm(back.affine, voxel).forEach((mm, i) =>
          expect(mm).toBeCloseTo(voxelToMm(direct.affine, voxel)[i]!, 9),
        );
      }
    }
  });

  it('puts the middle of the grid at the centre drawn', () => {
    const placement = placements.find((p) => p.tilt !== 0)!;
    const stored = store(data, shape, spacingMm, placement);
    const middle = stored.shape.map((n) => (n - 1) / 2) as unknown as Vec3;
    voxelToMm(stored.affine, middle).forEach((mm, i) => expect(mm).toBeCloseTo(placement.centreMm[i]!, 9));
  });
});
