/**
 * The region of interest (ROI): where its voxels lie in the image and in a small box around it.
 *
 * All families work on this box. It has a margin of background, so that a neighbour of a ROI voxel is always inside the
 * box and needs no bounds check.
 */
import { expected } from '../errors.ts';
import type { Box } from '../volume/crop.ts';
import type { Vec3, Volume, VoxelArray } from '../volume/volume.ts';

/** Smallest box around the voxels of one label, and their number. */
export interface LabelBox {
  readonly first: Vec3;
  /** Inclusive. */
  readonly last: Vec3;
  readonly count: number;
}

export interface Roi {
  /** Voxels of the box, margin included, along x, y, z. */
  readonly shape: Vec3;
  /** Background voxels on each side of the ROI. */
  readonly margin: number;
  /** Image index of the box's first voxel; negative where the margin reaches outside the image. */
  readonly start: Vec3;
  readonly spacingMm: Vec3;
  /** The ROI's voxels as indices into the box, ascending. */
  readonly voxels: Int32Array;
  /** The same voxels as indices into the image. */
  readonly imageVoxels: Int32Array;
}

/** The box of the voxels that equal `label`; undefined when there is none. */
export function findLabel(
  { data, shape: [width, height] }: Pick<Volume, 'data' | 'shape'>,
  label: number,
): LabelBox | undefined {
  const begin = data.indexOf(label);
  if (begin < 0) return undefined;
  const plane = width * height;
  const firstZ = Math.floor(begin / plane);
  const lastZ = Math.floor(data.lastIndexOf(label) / plane);
  let [firstX, lastX, firstY, lastY, count] = [width, -1, height, -1, 0];
  for (let z = firstZ; z <= lastZ; z++) {
    for (let y = 0; y < height; y++) {
      const row = plane * z + width * y;
      const found = countInRow(data, row, row + width, label);
      if (found === 0) continue;
      count += found;
      if (y < firstY) firstY = y;
      if (y > lastY) lastY = y;
      // Only voxels outside the known range can widen it.
      for (let x = 0; x < firstX; x++) if (data[row + x] === label) firstX = x;
      for (let x = width - 1; x > lastX; x--) if (data[row + x] === label) lastX = x;
    }
  }
  return { first: [firstX, firstY, firstZ], last: [lastX, lastY, lastZ], count };
}

function countInRow(data: VoxelArray, from: number, to: number, label: number): number {
  let count = 0;
  for (let i = from; i < to; i++) if (data[i] === label) count++;
  return count;
}

/** The largest index that a voxel of the box can have. */
const mostVoxels = 2 ** 31 - 1;

/**
 * Cuts the ROI out of a mask: its box with a margin (1 voxel, or the largest distance
 * between neighbours that is asked for). Throws a UserError where the margin makes the box too large.
 */
export function cropToRoi(mask: Volume, label: number, { first, last, count }: LabelBox, margin = 1): Roi {
  const shape = first.map((low, axis) => last[axis]! - low + 1 + 2 * margin) as unknown as Vec3;
  const boxVoxels = shape[0] * shape[1] * shape[2];
  if (boxVoxels > mostVoxels)
    throw expected(
      `distances with which the box of the ROI has at most ${mostVoxels} voxels`,
      `${margin} voxels around it, and so ${shape.join('×')}`,
    );
  const [width, height] = mask.shape;
  const voxels = new Int32Array(count);
  const imageVoxels = new Int32Array(count);
  let n = 0;
  for (let z = first[2]; z <= last[2]; z++) {
    for (let y = first[1]; y <= last[1]; y++) {
      const row = width * (y + height * z);
      const boxRow = shape[0] * (y - first[1] + margin + shape[1] * (z - first[2] + margin)) + margin - first[0];
      for (let x = first[0]; x <= last[0]; x++) {
        if (mask.data[row + x] !== label) continue;
        voxels[n] = boxRow + x;
        imageVoxels[n++] = row + x;
      }
    }
  }
  const start = first.map((low) => low - margin) as unknown as Vec3;
  return { shape, margin, start, spacingMm: mask.spacingMm, voxels, imageVoxels };
}

/** The part of a ROI for which `keep` holds (the k-th voxel of `voxels`), in the same box. */
export function keepVoxels(roi: Roi, keep: (k: number) => boolean): Roi {
  // Not a list of the kept ones, which Node cannot hold of a hundred million.
  return {
    ...roi,
    voxels: roi.voxels.filter((_, k) => keep(k)),
    imageVoxels: roi.imageVoxels.filter((_, k) => keep(k)),
  };
}

/** Values of an image at these indices. */
export function valuesAt(image: VoxelArray, voxels: Int32Array): Float64Array {
  const values = new Float64Array(voxels.length);
  for (let k = 0; k < values.length; k++) values[k] = image[voxels[k]!]!;
  return values;
}

/** Values of an image at the ROI's voxels, in the order of `roi.voxels`. */
export const valuesInRoi = (image: VoxelArray, { imageVoxels }: Pick<Roi, 'imageVoxels'>): Float64Array =>
  valuesAt(image, imageVoxels);

/** The ROI's box without its margin, in the image. */
export const roiBox = ({ start, shape, margin }: Roi): Box => ({
  start: start.map((at) => at + margin) as unknown as Vec3,
  shape: shape.map((n) => n - 2 * margin) as unknown as Vec3,
});

/** The ROI's voxels as indices into `roiBox`, in the order of `roi.voxels`. */
export function voxelsInBox({ shape: [width, height], margin, voxels }: Roi): Int32Array {
  const [boxWidth, boxHeight] = [width - 2 * margin, height - 2 * margin];
  return voxels.map((at) => {
    const x = (at % width) - margin;
    const y = (Math.floor(at / width) % height) - margin;
    return x + boxWidth * (y + boxHeight * (Math.floor(at / (width * height)) - margin));
  });
}

/** The box as a mask: 1 in the ROI, 0 elsewhere. */
export function roiMask({ shape, voxels }: Pick<Roi, 'shape' | 'voxels'>): Uint8Array {
  const mask = new Uint8Array(shape[0] * shape[1] * shape[2]);
  for (let k = 0; k < voxels.length; k++) mask[voxels[k]!] = 1;
  return mask;
}

/** In how many axes the ROI is longer than one voxel: 0 a voxel, 1 a line, 2 a plane, 3 a body. */
export function roiDimensions({ shape: [width, height], voxels }: Pick<Roi, 'shape' | 'voxels'>): number {
  const [low, high] = [Infinity, -Infinity].map((start) => [start, start, start]);
  for (let k = 0; k < voxels.length; k++) {
    const v = voxels[k]!;
    const at = [v % width, Math.floor(v / width) % height, Math.floor(v / (width * height))];
    for (let axis = 0; axis < 3; axis++) {
      low[axis] = Math.min(low[axis]!, at[axis]!);
      high[axis] = Math.max(high[axis]!, at[axis]!);
    }
  }
  return low.filter((value, axis) => high[axis]! > value).length;
}
