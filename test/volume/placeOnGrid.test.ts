import { describe, expect, it } from 'vitest';
import { placeOnGrid } from '../../lib/volume/placeOnGrid.ts';
import type { Vec3, Volume } from '../../lib/volume/volume.ts';

const image: Volume<Uint8Array> = {
  data: new Uint8Array(24),
  shape: [4, 3, 2],
  spacingMm: [0.5, 0.75, 2],
  affine: [-0.5, 0, 0, 10, 0, -0.75, 0, 20, 0, 0, 2, -30, 0, 0, 0, 1],
};
const part = (affine: readonly number[], shape: Vec3, data: number[]): Volume<Uint8Array> => ({
  data: Uint8Array.from(data),
  shape,
  spacingMm: image.spacingMm,
  affine,
});

describe('a mask on a part of the voxels of an image', () => {
  it('gets the rest of them, empty', () => {
    // Two voxels from (1, 2, 1) on: x = 10 - 0.5, y = 20 - 1.5, z = -30 + 2.
    const mask = part([-0.5, 0, 0, 9.5, 0, -0.75, 0, 18.5, 0, 0, 2, -28, 0, 0, 0, 1], [2, 1, 1], [7, 8]);
    const placed = placeOnGrid(mask, image)!;
    const wanted = new Uint8Array(24);
    wanted.set([7, 8], 1 + 4 * (2 + 3 * 1));
    expect(placed.data).toEqual(wanted);
    expect([placed.shape, placed.affine]).toEqual([image.shape, image.affine]);
  });
  it('is turned where its axes run the other way', () => {
    const mask = part([0.5, 0, 0, 8.5, 0, -0.75, 0, 20, 0, 0, 2, -30, 0, 0, 0, 1], [4, 1, 1], [1, 2, 3, 4]);
    expect([...placeOnGrid(mask, image)!.data.subarray(0, 4)]).toEqual([4, 3, 2, 1]);
  });
  it('may reach over the image where it is empty, and nowhere else', () => {
    const affine = [-0.5, 0, 0, 10.5, 0, -0.75, 0, 20, 0, 0, 2, -30, 0, 0, 0, 1];
    expect([...placeOnGrid(part(affine, [3, 1, 1], [0, 1, 2]), image)!.data.subarray(0, 3)]).toEqual([1, 2, 0]);
    expect(placeOnGrid(part(affine, [3, 1, 1], [1, 1, 2]), image)).toBeUndefined();
  });
  it('does not belong to the image between its voxels, at other distances or along other directions', () => {
    const wrong = (i: number, value: number): readonly number[] => image.affine.map((v, k) => (k === i ? value : v));
    for (const affine of [wrong(3, 10.2), wrong(10, 4), wrong(0, -0.7), wrong(1, 0.3)])
      expect(placeOnGrid(part(affine, [2, 2, 2], [1, 1, 1, 1, 1, 1, 1, 1]), image)).toBeUndefined();
    expect(placeOnGrid(image, { ...image, affine: image.affine.map(() => 0) })).toBeUndefined();
  });
});
