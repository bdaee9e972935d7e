/** A mask that covers a part of an image, brought onto all of its voxels. */
import { inverseMatrix } from './vectors.ts';
import { type Affine, type Vec3, type Volume, type VoxelArray, voxelCount } from './volume.ts';

/** So many voxels may a voxel lie beside the one that it is taken for. */
const tolerance = 0.1;

/** From the indices of one grid to those of another: a row for each axis, three factors and a shift. */
function indexMap(from: Affine, to: Affine): number[][] | undefined {
  const inverse = inverseMatrix([0, 1, 2].flatMap((r) => to.slice(4 * r, 4 * r + 3)));
  if (!inverse) return undefined;
  const difference = (r: number, c: number): number => from[4 * r + c]! - (c === 3 ? to[4 * r + 3]! : 0);
  return [0, 1, 2].map((row) =>
    [0, 1, 2, 3].map((c) => [0, 1, 2].reduce((sum, r) => sum + inverse[3 * row + r]! * difference(r, c), 0)),
  );
}

/**
 * The mask on the voxels of an image, in the image's axis order; 0 where it does not reach. Undefined where the two
 * grids have other distances or directions, lie between each other's voxels, or a voxel that is not 0 lies outside of
 * the image. Exact: nothing is resampled.
 */
export function placeOnGrid<T extends VoxelArray>(
  mask: Volume<T>,
  image: Pick<Volume, 'shape' | 'spacingMm' | 'affine'>,
): Volume<T> | undefined {
  const map = indexMap(mask.affine, image.affine);
  if (!map) return undefined;
  const whole = map.map((row) => row.map(Math.round));
  const isTurn = [0, 1, 2].every((i) => {
    const [row, column] = [whole[i]!.slice(0, 3), whole.map((r) => r[i]!)];
    return [row, column].every((v) => v.filter((n) => n !== 0).length === 1 && v.every((n) => Math.abs(n) <= 1));
  });
  if (!isTurn) return undefined;
  const index = (m: number[][], r: number, [x, y, z]: Vec3): number =>
    m[r]![0]! * x + m[r]![1]! * y + m[r]![2]! * z + m[r]![3]!;
  const last = mask.shape.map((n) => n - 1) as unknown as Vec3;
  const corners = [0, 1, 2, 3, 4, 5, 6, 7].map((c) => last.map((n, i) => (c & (1 << i) ? n : 0)) as unknown as Vec3);
  const isNear = corners.every((corner) =>
    [0, 1, 2].every((r) => Math.abs(index(map, r, corner) - index(whole, r, corner)) <= tolerance),
  );
  if (!isNear) return undefined;
  const { shape, spacingMm, affine } = image;
  const data = new (mask.data.constructor as new (n: number) => T)(voxelCount(shape));
  const [width, height] = mask.shape;
  for (let i = 0; i < mask.data.length; i++) {
    if (mask.data[i] === 0) continue;
    const from: Vec3 = [i % width, Math.floor(i / width) % height, Math.floor(i / (width * height))];
    const [x, y, z] = [index(whole, 0, from), index(whole, 1, from), index(whole, 2, from)];
    if (x < 0 || y < 0 || z < 0 || x >= shape[0] || y >= shape[1] || z >= shape[2]) return undefined;
    data[x + shape[0] * (y + shape[1] * z)] = mask.data[i]!;
  }
  return { data, shape, spacingMm, affine };
}
