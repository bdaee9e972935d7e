/** A small made-up scan: a block of soft tissue with a spine in air, and masks in it. */
import type { Volume } from '../../lib/volume/volume.ts';

export const scanShape = [24, 20, 10] as const;
/** Canonical: x to the left, y to posterior, z to superior. */
export const lps = [-2, 0, 0, 30, 0, -2, 0, 40, 0, 0, 5, -20, 0, 0, 0, 1];

/** Values by place, x fastest. */
export function fill<T extends Int16Array | Uint8Array | Float32Array>(
  type: new (n: number) => T,
  value: (x: number, y: number, z: number) => number,
): Volume<T> {
  const [width, height, depth] = scanShape;
  const data = new type(width * height * depth);
  for (let z = 0, i = 0; z < depth; z++)
    for (let y = 0; y < height; y++) for (let x = 0; x < width; x++, i++) data[i] = value(x, y, z);
  return { data, shape: scanShape, spacingMm: [2, 2, 5], affine: lps };
}

/** The body is x 8 to 15, y 7 to 12 in all slices; every voxel of it has an HU of its own, −140 to 339. */
export const isBody = (x: number, y: number): boolean => x >= 8 && x < 16 && y >= 7 && y < 13;
export const scanHu = (x: number, y: number, z: number): number =>
  isBody(x, y) ? -140 + (x - 8) + 8 * (y - 7) + 48 * z : -1000;

export const scan = fill(Int16Array, scanHu);
/** Two voxels wide, three high, in slices 4 and 5; fullest in slice 5. */
export const label = fill(Uint8Array, (x, y, z) =>
  Number(x >= 10 && x < 12 && y >= 8 && y < 11 && (z === 5 || (z === 4 && x === 10))),
);
export const prediction = fill(Uint8Array, (x, y, z) => Number(x >= 11 && x < 13 && y >= 8 && y < 11 && z === 5));
