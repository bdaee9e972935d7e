/**
 * Voxels as a page carries them: whole levels of HU, their differences along x, deflated, in base64. The differences
 * of 16 bits are stored as all low bytes and then all high ones, which deflate better than pairs. The page's script
 * undoes it (browser.mjs).
 */
import { deflateSync } from '#system/zlib';
import type { Box } from '../volume/crop.ts';
import type { Affine, Vec3, Volume } from '../volume/volume.ts';
import { blockClasses, blockMeans, type Part, partAffine, partShape } from './reduce.ts';

/** Level n stands for `low` + n · `step` HU. */
export interface Levels {
  readonly low: number;
  readonly step: number;
  /** The last level; HU beyond the first and the last become these. */
  readonly last: number;
  readonly bits: 8 | 16;
  /** Whether there are HU beyond the first or the last level. */
  readonly clipped: boolean;
  /** By how many HU a level may miss the value that it stands for, within the range: 0 where values are whole HU. */
  readonly rounding: number;
}

/** A volume as a page carries it. */
export interface PackedVolume extends Part {
  readonly shape: Vec3;
  readonly spacingMm: Vec3;
  readonly affine: Affine;
  readonly levels: Levels;
  /** Base64, as are the masks. */
  readonly voxels: string;
  readonly masks: readonly string[];
}

/** Where all HU would be too many bytes: what is between fat and dense contrast medium, in steps of 2. */
const coarse = { low: -200, step: 2, last: 255 } as const;

/** Base64 adds a third. */
const byteShare = 3 / 4;

/** Every whole HU, or so many to a level that 16 bits hold them. */
function exactLevels(values: Float32Array, isMean: boolean): Levels {
  let [low, high, isInteger] = [Infinity, -Infinity, true];
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value < low) low = value;
    if (value > high) high = value;
    if (isInteger && !Number.isInteger(value)) isInteger = false;
  }
  [low, high] = [Math.floor(low), Math.ceil(high)];
  const step = Math.max(1, Math.ceil((high - low) / 65535));
  const last = Math.ceil((high - low) / step);
  const isExact = isInteger && !isMean && step === 1;
  return { low, step, last, bits: last < 256 ? 8 : 16, clipped: false, rounding: isExact ? 0 : step / 2 };
}

function coarseLevels(values: Float32Array): Levels {
  const { low, step, last } = coarse;
  const clipped = values.some((value) => value < low - step / 2 || value > low + step * (last + 0.5));
  return { low, step, last, bits: 8, clipped, rounding: step / 2 };
}

/** The differences of the levels of neighbours along x; the first of all is the level itself. */
function differences(values: Float32Array, { low, step, last, bits }: Levels): Uint8Array {
  const n = values.length;
  const bytes = new Uint8Array(bits === 8 ? n : 2 * n);
  let before = 0;
  for (let i = 0; i < n; i++) {
    const level = Math.min(last, Math.max(0, Math.round((values[i]! - low) / step)));
    const difference = level - before; // typed arrays keep the lowest bits, of negative numbers too
    bytes[i] = difference;
    if (bits === 16) bytes[n + i] = difference >> 8;
    before = level;
  }
  return bytes;
}

/** One slice in so many tells how small all will become. */
const sampledSlices = 8;

/** Packed levels of the slices, or undefined where they would take more than `most` bytes. */
function packed(values: Float32Array, slice: number, levels: Levels, most: number): Buffer | undefined {
  const depth = values.length / slice;
  if (depth >= 4 * sampledSlices) {
    let sampled = 0;
    for (let z = sampledSlices >> 1; z < depth; z += sampledSlices)
      sampled += deflateSync(differences(values.subarray(z * slice, (z + 1) * slice), levels)).length;
    if (sampled * sampledSlices > 1.2 * most) return undefined;
  }
  const bytes = deflateSync(differences(values, levels));
  return bytes.length <= most ? bytes : undefined;
}

/** Twice as many voxels to a block along the axes where blocks are finest. */
function coarser(factor: Vec3, spacingMm: Vec3, shape: Vec3): Vec3 {
  const size = (axis: number): number => (factor[axis]! < shape[axis]! ? factor[axis]! * spacingMm[axis]! : Infinity);
  const finest = Math.min(size(0), size(1), size(2));
  const next = (axis: number): number => (size(axis) <= 1.3 * finest ? 2 * factor[axis]! : factor[axis]!);
  return [next(0), next(1), next(2)];
}

/** A mask's class numbers, x fastest, deflated. */
const packMask = (mask: Volume, part: Part): Buffer => deflateSync(blockClasses(mask, part));

const scaledSpacing = ({ spacingMm: [x, y, z] }: Volume, factor: Vec3): Vec3 => [
  x * factor[0],
  y * factor[1],
  z * factor[2],
];

/**
 * The box of a canonical volume in HU and of the masks on its voxels (class numbers up to 255), in base64 of at most
 * `mostBytes` together: every HU; where that is too much, 256 levels of 2 HU from −200 on; where that is too much
 * either, blocks of voxels instead of voxels. Values are finite.
 */
export function packVolume(image: Volume, masks: readonly Volume[], box: Box, mostBytes: number): PackedVolume {
  for (let factor: Vec3 = [1, 1, 1]; ; factor = coarser(factor, image.spacingMm, box.shape)) {
    const part: Part = { box, factor };
    const shape = partShape(part);
    const isSmallest = shape.every((n) => n === 1);
    const packedMasks = masks.map((mask) => packMask(mask, part));
    const room = mostBytes * byteShare - packedMasks.reduce((sum, { length }) => sum + length, 0);
    if (room <= 0 && !isSmallest) continue;
    const values = blockMeans(image, part);
    const isMean = factor.some((n) => n > 1);
    for (const levels of [exactLevels(values, isMean), coarseLevels(values)]) {
      const bytes = packed(values, shape[0] * shape[1], levels, isSmallest ? Infinity : room);
      if (!bytes) continue;
      const place = { spacingMm: scaledSpacing(image, factor), affine: partAffine(image.affine, part) };
      const [voxels, ...texts] = [bytes, ...packedMasks].map((each) => each.toString('base64'));
      return { ...part, shape, ...place, levels, voxels: voxels!, masks: texts };
    }
  }
}
