/**
 * Masks as another reader might have drawn them: a little smaller, larger, beside, or along another line.
 * The idea of testing features by image perturbation: Zwanenburg et al. 2019, Sci Rep 9:614,
 * doi:10.1038/s41598-018-36938-4.
 */
import { expected } from '../errors.ts';
import type { Random } from '../random.ts';
import type { Vec3, Volume } from './volume.ts';

const inside = ([x, y, z]: Vec3, shape: Vec3): boolean =>
  x >= 0 && y >= 0 && z >= 0 && x < shape[0] && y < shape[1] && z < shape[2];

/** 1 where a mask is not 0. A plain loop: `Uint8Array.from` with a function takes ten times as long. */
export function binaryMask({ data }: Pick<Volume, 'data'>): Uint8Array {
  const out = new Uint8Array(data.length);
  for (let i = 0; i < out.length; i++) out[i] = data[i]! > 0 ? 1 : 0;
  return out;
}

/** Positions of voxels that have a neighbour of the other kind within their slice: of the ROI (1) or around it (0). */
export function borderVoxels(mask: Volume, kind: 0 | 1): number[] {
  const [width, height] = mask.shape;
  const data = binaryMask(mask);
  const border: number[] = [];
  for (let i = 0; i < data.length; i++) {
    if (data[i] !== kind) continue;
    const [x, y] = [i % width, Math.floor(i / width) % height];
    // the four neighbours within the slice, where contours are drawn; outside the grid is outside the ROI
    const left = x > 0 ? data[i - 1] : 0;
    const right = x < width - 1 ? data[i + 1] : 0;
    const above = y > 0 ? data[i - width] : 0;
    const below = y < height - 1 ? data[i + width] : 0;
    if (left !== kind || right !== kind || above !== kind || below !== kind) border.push(i);
  }
  return border;
}

/** Sets `share` of the given voxels, picked at random; all of them for a share of 1. */
function setSome(data: Uint8Array, voxels: readonly number[], value: 0 | 1, share: number, random: Random): void {
  for (const i of voxels) if (share === 1 || random.uniform() < share) data[i] = value;
}

/** The mask without `share` of its border voxels (1: eroded by one voxel within the slices). */
export function erodeMask(mask: Volume, share: number, random: Random): Volume<Uint8Array> {
  const data = binaryMask(mask);
  setSome(data, borderVoxels(mask, 1), 0, share, random);
  return { ...mask, data };
}

/** The mask with `share` of the voxels that touch it from outside (1: dilated by one voxel within the slices). */
export function dilateMask(mask: Volume, share: number, random: Random): Volume<Uint8Array> {
  const data = binaryMask(mask);
  setSome(data, borderVoxels(mask, 0), 1, share, random);
  return { ...mask, data };
}

/**
 * The mask with `share` of both borders changed: a line that wanders in and out, a volume that stays about the same.
 */
export function redrawMask(mask: Volume, share: number, random: Random): Volume<Uint8Array> {
  const data = binaryMask(mask);
  const [inner, outer] = [borderVoxels(mask, 1), borderVoxels(mask, 0)];
  setSome(data, inner, 0, share, random);
  setSome(data, outer, 1, share, random);
  return { ...mask, data };
}

/** The mask moved by whole voxels along x, y, z; what leaves the grid is lost. */
export function shiftMask(mask: Volume, steps: Vec3): Volume<Uint8Array> {
  if (!steps.every(Number.isInteger)) throw expected('whole voxels to shift a mask by', steps.join(', '));
  const [width, height, depth] = mask.shape;
  const data = new Uint8Array(mask.data.length);
  let i = 0;
  for (let z = 0; z < depth; z++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++, i++) {
        const from: Vec3 = [x - steps[0], y - steps[1], z - steps[2]];
        if (inside(from, mask.shape)) data[i] = Number(mask.data[from[0] + width * (from[1] + height * from[2])]! > 0);
      }
    }
  }
  return { ...mask, data };
}
