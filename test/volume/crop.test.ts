import { expect, it } from 'vitest';
import { cropVolume } from '../../lib/volume/crop.ts';
import { voxelToMm } from '../../lib/volume/volume.ts';

const volume = {
  data: Int16Array.from({ length: 60 }, (_, i) => i),
  shape: [3, 4, 5] as const,
  spacingMm: [1, 2, 3] as const,
  affine: [0, -2, 0, 10, 1, 0, 0, 20, 0, 0, 3, 30, 0, 0, 0, 1],
};

it('a crop holds the voxels of its box, in a copy, where they were in the patient', () => {
  const box = cropVolume(volume, [1, 2, 3], [2, 1, 2]);
  // x + 3 (y + 4 z) by hand
  expect(box).toEqual({
    data: new Int16Array([43, 44, 55, 56]),
    shape: [2, 1, 2],
    spacingMm: [1, 2, 3],
    affine: [0, -2, 0, 6, 1, 0, 0, 21, 0, 0, 3, 39, 0, 0, 0, 1],
  });
  expect(voxelToMm(box.affine, [1, 0, 1])).toEqual(voxelToMm(volume.affine, [2, 2, 4]));
  box.data[0] = -1;
  expect(volume.data[43]).toBe(43);
});

it('a crop of everything is everything', () => expect(cropVolume(volume, [0, 0, 0], [3, 4, 5])).toEqual(volume));

it.each([
  [
    [-1, 0, 0],
    [1, 1, 1],
  ],
  [
    [0, 0, 0],
    [4, 1, 1],
  ],
  [
    [2, 3, 4],
    [1, 1, 2],
  ],
  [
    [0, 0, 0],
    [0, 1, 1],
  ],
  [
    [0.5, 0, 0],
    [1, 1, 1],
  ],
] as [[number, number, number], [number, number, number]][])('a box from %j of %j is refused', (start, shape) => {
  expect(() => cropVolume(volume, start, shape)).toThrow('Expected a box inside the volume of shape 3×4×5, found');
});
