/** A volume far from what a network was trained on is told. */
import { describe, expect, it } from 'vitest';
import { unlikeTraining } from '../../lib/predict/unlikeTraining.ts';
import { nativeGrid } from '../../lib/preprocess/grid.ts';
import type { Vec3, Volume } from '../../lib/volume/volume.ts';

const volume = (shape: Vec3, mm: number): Volume => ({
  data: new Int16Array(),
  shape,
  spacingMm: [mm, mm, 2.5],
  affine: [-mm, 0, 0, 0, 0, -mm, 0, 0, 0, 0, 2.5, 0, 0, 0, 0, 1],
});
const window = { size: [128, 128], unit: 'mm', centre: [0, 0], extent: [192, 192] } as const;

describe('unlikeTraining', () => {
  it('says nothing of a usual CT, whatever its pixels within reason', () => {
    for (const mm of [0.6, 0.8, 0.98]) expect(unlikeTraining(volume([512, 512, 3], mm), window)).toEqual([]);
    expect(unlikeTraining(volume([512, 512, 3], 0.8), nativeGrid(512, 512))).toEqual([]);
    expect(unlikeTraining(volume([13, 7, 3], 0.8), nativeGrid(7, 13))).toEqual([]);
  });
  it('tells pixels of another size, and a window that lies outside of the image', () => {
    expect(unlikeTraining(volume([512, 512, 3], 0.1), window)).toEqual([
      "far from training: only 7 % of the network's window lies in slices of 512×512 pixels of 0.1×0.1 mm",
      'far from training: slices of 512×512 pixels of 0.1×0.1 mm, the network saw pixels of 1.5 mm',
    ]);
    expect(unlikeTraining(volume([64, 64, 3], 6), window)).toHaveLength(1);
    expect(unlikeTraining(volume([512, 512, 3], 0.8), { ...window, centre: [210, 0] })).toHaveLength(1);
  });
  it('tells slices that are much larger or smaller than those of a native grid', () => {
    expect(unlikeTraining(volume([512, 512, 3], 0.8), nativeGrid(64, 64))[0]).toMatch(/the network saw 64×64/);
    expect(unlikeTraining(volume([64, 64, 3], 0.8), nativeGrid(512, 512))[0]).toMatch(/only 2 %/);
  });
});
