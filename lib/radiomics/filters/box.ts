/** A box of voxels inside a volume: where a filtered image is wanted. */
import { expected } from '../../errors.ts';
import { type Affine, type Vec3, type Volume, voxelToMm } from '../../volume/volume.ts';

/** The voxels `start` to `start + shape - 1` along x, y, z. */
export interface Box { readonly start: Vec3; readonly shape: Vec3 }

/** The box itself, or the whole volume where none is given; throws a UserError when it is empty or reaches outside. */
export function boxInside({ shape }: Pick<Volume, 'shape'>, box: Box = { start: [0, 0, 0], shape }): Box {
  const fits = (i: number): boolean => Number.isInteger(box.start[i]) && Number.isInteger(box.shape[i]) &&
    box.start[i]! >= 0 && box.shape[i]! > 0 && box.start[i]! + box.shape[i]! <= shape[i]!;
  if (![0, 1, 2].every(fits)) throw expected(`a box inside the volume of shape ${shape.join('×')}`, `${box.shape.join('×')} voxels from (${box.start.join(', ')})`);
  return box;
}

/** The affine of the voxels in a box: every voxel stays where it is in the patient. */
export function boxAffine(affine: Affine, { start }: Box): Affine {
  const moved = [...affine];
  [moved[3], moved[7], moved[11]] = voxelToMm(affine, start);
  return moved;
}
