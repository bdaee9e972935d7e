/** Boxes of voxels cut out of a volume. */
import { expected } from '../errors.ts';
import { type Affine, type Vec3, type Volume, type VoxelArray, voxelCount, voxelToMm } from './volume.ts';

/** A box of voxels inside a volume: `start` to `start + shape - 1` along x, y, z. */
export interface Box {
  readonly start: Vec3;
  readonly shape: Vec3;
}

/** Throws a UserError when the box is empty or reaches outside the volume. */
export function assertBoxInside(volume: Pick<Volume, 'shape'>, { start, shape }: Box): void {
  const fits = (i: number): boolean =>
    Number.isInteger(start[i]) &&
    Number.isInteger(shape[i]) &&
    start[i]! >= 0 &&
    shape[i]! > 0 &&
    start[i]! + shape[i]! <= volume.shape[i]!;
  if (![0, 1, 2].every(fits)) {
    throw expected(
      `a box inside the volume of shape ${volume.shape.join('×')}`,
      `${shape.join('×')} voxels from (${start.join(', ')})`,
    );
  }
}

/** The affine of a volume that begins at voxel `start`: every voxel stays where it is in the patient. */
export function affineFrom(affine: Affine, start: Vec3): Affine {
  const moved = [...affine];
  [moved[3], moved[7], moved[11]] = voxelToMm(affine, start);
  return moved;
}

/**
 * The box of `shape` voxels whose first voxel is `start`, a copy; its affine keeps every voxel where it is in the
 * patient. Throws a UserError when the box is empty or reaches outside the volume.
 */
export function cropVolume<T extends VoxelArray>(volume: Volume<T>, start: Vec3, shape: Vec3): Volume<T> {
  assertBoxInside(volume, { start, shape });
  const [width, height] = volume.shape;
  const data = new (volume.data.constructor as new (n: number) => T)(voxelCount(shape));
  for (let z = 0; z < shape[2]; z++) {
    for (let y = 0; y < shape[1]; y++) {
      const from = start[0] + width * (start[1] + y + height * (start[2] + z));
      data.set(volume.data.subarray(from, from + shape[0]), shape[0] * (y + shape[1] * z));
    }
  }
  return { data, shape: [...shape], spacingMm: volume.spacingMm, affine: affineFrom(volume.affine, start) };
}
