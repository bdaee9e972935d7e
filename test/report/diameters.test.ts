import { describe, expect, it } from 'vitest';
import { diametersOf } from '../../lib/report/diameters.ts';
import type { Vec3, Volume } from '../../lib/volume/volume.ts';

/** A canonical mask (x to the left, y to posterior, z to superior) with 1 at the given voxels. */
function maskOf(shape: Vec3, spacingMm: Vec3, voxels: readonly Vec3[]): Volume<Uint8Array> {
  const data = new Uint8Array(shape[0] * shape[1] * shape[2]);
  for (const [x, y, z] of voxels) data[x + shape[0] * (y + shape[1] * z)] = 1;
  const [dx, dy, dz] = spacingMm;
  return { data, shape, spacingMm, affine: [-dx, 0, 0, 0, 0, -dy, 0, 0, 0, 0, dz, 0, 0, 0, 0, 1] };
}

describe('the longest diameter in a slice', () => {
  it('is the length of a row of pixels, from face to face', () => {
    // 3 pixels of 2 mm: the first begins 1 mm before its middle, the last ends 1 mm behind: 4 + 2 = 6
    const row = maskOf(
      [6, 5, 4],
      [2, 3, 5],
      [1, 2, 3].map((x): Vec3 => [x, 2, 1]),
    );
    expect(diametersOf(row)).toMatchObject({ longestInSliceMm: 6, longestSlice: 1 });
    // In space farther: from below the first to above the last, (0, 0, −2.5) to (4, 0, 2.5).
    expect(diametersOf(row).largest3dMm).toBeCloseTo(Math.sqrt(41), 12);
  });

  it('runs between the farthest points of a rectangle, whose corners are cut halfway as those of the mesh', () => {
    // 4 × 3 pixels of 1 mm: from (−½, 0) to (3½, 2): √(16 + 4); or from (0, −½) to (3, 2½): √(9 + 9)
    const box: Vec3[] = [0, 1, 2, 3].flatMap((x) => [0, 1, 2].map((y): Vec3 => [x + 1, y + 1, 2]));
    expect(diametersOf(maskOf([7, 7, 5], [1, 1, 1], box)).longestInSliceMm).toBeCloseTo(Math.sqrt(20), 12);
  });

  it('does not run from one part of a slice to another, which the diameter in space does', () => {
    // Two pixels 7 mm apart: each is 1 mm long, together 8 mm from face to face.
    const apart = maskOf(
      [10, 3, 3],
      [1, 1, 1],
      [
        [1, 1, 1],
        [8, 1, 1],
      ],
    );
    expect(diametersOf(apart)).toMatchObject({ longestInSliceMm: 1, largest3dMm: 8 });
  });

  it('takes pixels that touch at a corner for one part', () => {
    // From (1 − ½, 1) to (2 + ½, 2): √(2² + 1²)
    const diagonal = maskOf(
      [5, 5, 3],
      [1, 1, 1],
      [
        [1, 1, 1],
        [2, 2, 1],
      ],
    );
    expect(diametersOf(diagonal).longestInSliceMm).toBeCloseTo(Math.sqrt(5), 12);
  });

  it('names the slice of the image, the first of equals, at the edge of the volume too', () => {
    const mask = maskOf(
      [4, 4, 3],
      [1, 1, 1],
      [
        [0, 0, 0],
        [3, 3, 2],
        [2, 3, 2],
      ],
    );
    expect(diametersOf(mask)).toMatchObject({ longestInSliceMm: 2, longestSlice: 2 });
    expect(
      diametersOf(
        maskOf(
          [3, 3, 3],
          [1, 1, 1],
          [
            [0, 0, 0],
            [0, 0, 2],
          ],
        ),
      ).longestSlice,
    ).toBe(0);
  });
});

describe('the largest diameter in space', () => {
  it('is that of a column across slices', () => {
    // 3 slices of 5 mm
    const column = maskOf(
      [3, 3, 5],
      [1, 1, 5],
      [1, 2, 3].map((z): Vec3 => [1, 1, z]),
    );
    expect(diametersOf(column)).toMatchObject({ longestInSliceMm: 1, largest3dMm: 15 });
  });

  it('is unknown where the gantry was tilted, and the one in a slice is not', () => {
    const straight = maskOf(
      [6, 5, 4],
      [2, 3, 5],
      [1, 2, 3].map((x): Vec3 => [x, 2, 1]),
    );
    const tilted = { ...straight, affine: straight.affine.with(6, 1.5) };
    expect(diametersOf(tilted)).toEqual({ longestInSliceMm: 6, longestSlice: 1, largest3dMm: null });
    const skewed = { ...straight, affine: straight.affine.with(1, 1.5) };
    expect(diametersOf(skewed)).toEqual({ longestInSliceMm: null, longestSlice: null, largest3dMm: null });
  });
});

it('has none of an empty mask', () => {
  const none = { longestInSliceMm: null, longestSlice: null, largest3dMm: null };
  expect(diametersOf(maskOf([3, 3, 3], [1, 1, 1], []))).toEqual(none);
});
