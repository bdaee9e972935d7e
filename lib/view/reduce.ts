/** Blocks of voxels made into one: means of CT numbers, majorities of masks. */
import type { Box } from '../volume/crop.ts';
import { type Affine, type Vec3, type Volume, voxelCount, voxelToMm } from '../volume/volume.ts';

/** What is taken of a volume: a box, and so many voxels along x, y, z made into one. */
export interface Part {
  readonly box: Box;
  readonly factor: Vec3;
}

/** How many blocks there are along x, y, z; those at the far edges may be smaller than the others. */
export const partShape = ({ box, factor }: Part): Vec3 => [
  Math.ceil(box.shape[0] / factor[0]),
  Math.ceil(box.shape[1] / factor[1]),
  Math.ceil(box.shape[2] / factor[2]),
];

/** The affine of the blocks: the place of each is the middle of its voxels. */
export function partAffine(affine: Affine, { box: { start }, factor }: Part): Affine {
  const middle: Vec3 = [start[0] + (factor[0] - 1) / 2, start[1] + (factor[1] - 1) / 2, start[2] + (factor[2] - 1) / 2];
  const [x, y, z] = voxelToMm(affine, middle);
  const origin = [x, y, z, 1];
  return affine.map((value, i) => (i % 4 === 3 ? origin[i >> 2]! : value * factor[i % 4]!));
}

/** Calls `use` with each block: its number, and the indices of its voxels, at the begin of a list used again. */
function eachBlock(
  { shape }: Volume,
  part: Part,
  use: (block: number, voxels: Int32Array, count: number) => void,
): void {
  const { box, factor } = part;
  const [width, height, depth] = partShape(part);
  const voxels = new Int32Array(voxelCount(factor));
  const end = [0, 1, 2].map((axis) => box.start[axis]! + box.shape[axis]!);
  let block = 0;
  for (let bz = 0; bz < depth; bz++)
    for (let by = 0; by < height; by++)
      for (let bx = 0; bx < width; bx++, block++) {
        const [x0, y0, z0] = [bx * factor[0], by * factor[1], bz * factor[2]].map((n, axis) => n + box.start[axis]!);
        let count = 0;
        for (let z = z0!; z < Math.min(z0! + factor[2], end[2]!); z++)
          for (let y = y0!; y < Math.min(y0! + factor[1], end[1]!); y++)
            for (let x = x0!; x < Math.min(x0! + factor[0], end[0]!); x++)
              voxels[count++] = x + shape[0] * (y + shape[1] * z);
        use(block, voxels, count);
      }
}

/** Rows of the box, voxel by voxel. */
function copyBox<T extends Float32Array | Uint8Array>({ data, shape }: Volume, { box }: Part, out: T): T {
  const { start, shape: size } = box;
  let i = 0;
  for (let z = start[2]; z < start[2] + size[2]; z++)
    for (let y = start[1]; y < start[1] + size[1]; y++, i += size[0]) {
      const from = start[0] + shape[0] * (y + shape[1] * z);
      out.set(data.subarray(from, from + size[0]), i);
    }
  return out;
}

const isPlain = ({ factor }: Part): boolean => factor.every((n) => n === 1);

/** The mean of each block, x fastest; of blocks of one voxel the voxels themselves. */
export function blockMeans(image: Volume, part: Part): Float32Array {
  const out = new Float32Array(voxelCount(partShape(part)));
  if (isPlain(part)) return copyBox(image, part, out);
  const { data } = image;
  eachBlock(image, part, (block, voxels, count) => {
    let sum = 0;
    for (let i = 0; i < count; i++) sum += data[voxels[i]!]!;
    out[block] = sum / count;
  });
  return out;
}

/**
 * The class of each block, x fastest: 0 where less than half of its voxels are foreground, else the most frequent
 * class, the smaller number of equals. A mask holds whole numbers up to 255.
 */
export function blockClasses(mask: Volume, part: Part): Uint8Array {
  const out = new Uint8Array(voxelCount(partShape(part)));
  if (isPlain(part)) return copyBox(mask, part, out);
  const { data } = mask;
  const counts = new Uint32Array(256);
  eachBlock(mask, part, (block, voxels, count) => {
    counts.fill(0);
    for (let i = 0; i < count; i++) counts[data[voxels[i]!]!]!++;
    if (2 * (count - counts[0]!) < count) return;
    let best = 1;
    for (let value = 2; value < 256; value++) if (counts[value]! > counts[best]!) best = value;
    out[block] = best;
  });
  return out;
}
