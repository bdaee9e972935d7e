/**
 * A volume on another grid, to the last bit as ITK's ResampleImageFilter has it.
 *
 * Where an old and a new voxel centre coincide, ITK finds the old one at 40.999999999999993 or 41.000000000000007, by
 * rounding, and an integer image is then cut off to 40 or 41. So values follow ITK only where the order of all
 * operations does: a line of the new grid goes through world coordinates at its two ends and is straight between them;
 * then linear interpolation goes x, y, z, and a B-spline sums its 64 weighted coefficients one by one.
 * Source: ITK 5.4, ResampleImageFilter and its interpolate image functions.
 */
import type { Box } from '../../volume/crop.ts';
import type { Vec3, Volume, VoxelArray } from '../../volume/volume.ts';
import { mirror, splineCoefficients } from '../interpolate.ts';
import type { RoiInterpolation } from '../settings.ts';
import { inverse3, type Matrix3 } from './inverse3.ts';

type Numbers3 = [number, number, number];

/** Where voxels lie, in ITK's coordinates (left, posterior, superior). */
export interface ItkGrid {
  readonly shape: Vec3;
  /** Columns of length 1. */
  readonly direction: Matrix3;
  /** Direction times spacing. */
  readonly toMm: Matrix3;
  readonly originMm: Vec3;
}

const timesSpacing = (direction: Matrix3, spacingMm: Vec3): number[] => direction.map((v, i) => v * spacingMm[i % 3]!);

/** What a file reader may have left beside the voxels; only NRRD has an encoding. */
type Read = Pick<Volume, 'shape' | 'spacingMm' | 'affine'> & { readonly header?: object };

/**
 * The grid of a volume, from RAS+ to ITK's coordinates. A column is brought to length 1 as ITK's readers do that:
 * divided by its length, or, from NRRD, multiplied by the reciprocal.
 */
export function itkGridOf({ shape, spacingMm, affine, header }: Read): ItkGrid {
  const signs = [-1, -1, 1];
  const isNrrd = header !== undefined && 'encoding' in header;
  const column = (c: number): number[] => {
    const [x, y, z] = signs.map((sign, row) => sign * affine[4 * row + c]!) as [number, number, number];
    const length = Math.sqrt(x * x + y * y + z * z);
    return [x, y, z].map((v) => (isNrrd ? v * (1 / length) : v / length));
  };
  const columns = [column(0), column(1), column(2)];
  const direction = [0, 1, 2].flatMap((row) => columns.map((values) => values[row]!));
  const originMm = signs.map((sign, row) => sign * affine[4 * row + 3]!) as unknown as Vec3;
  return { shape, direction, toMm: timesSpacing(direction, spacingMm), originMm };
}

/** A grid in the same directions that begins at voxel position `start` of `grid`. */
export function gridWithin(grid: ItkGrid, start: Vec3, spacingMm: Vec3, shape: Vec3): ItkGrid {
  const { direction, toMm, originMm } = grid;
  const offset = (row: number): number =>
    toMm[3 * row]! * start[0] + toMm[3 * row + 1]! * start[1] + toMm[3 * row + 2]! * start[2];
  const origin = originMm.map((mm, row) => offset(row) + mm) as unknown as Vec3;
  return { shape, direction, toMm: timesSpacing(direction, spacingMm), originMm: origin };
}

/** Makes the function that gives where voxel (x, y, z) of `to` lies in voxels of `from`. */
export function positionIn(from: ItkGrid, to: ItkGrid): (x: number, y: number, z: number) => Numbers3 {
  const toVoxel = inverse3(from.toMm);
  return (x, y, z) => {
    const away = (row: number): number => {
      const m = 3 * row;
      return to.originMm[row]! + to.toMm[m]! * x + to.toMm[m + 1]! * y + to.toMm[m + 2]! * z - from.originMm[row]!;
    };
    const mm: Numbers3 = [away(0), away(1), away(2)];
    const at = (row: number): number =>
      toVoxel[3 * row]! * mm[0] + toVoxel[3 * row + 1]! * mm[1] + toVoxel[3 * row + 2]! * mm[2];
    return [at(0), at(1), at(2)];
  };
}

/** Voxels of a part of the image, which hold all that the new grid looks at. */
interface Source {
  readonly data: ArrayLike<number>;
  readonly box: Box;
  /** Of the whole image, at whose faces it ends. */
  readonly shape: Vec3;
}

type ValueAt = (position: Numbers3) => number;

const clamp = (k: number, n: number): number => Math.min(Math.max(k, 0), n - 1);

/** Index of a voxel of the whole image in the part's data. */
function indexer({ box: { start, shape } }: Source): (x: number, y: number, z: number) => number {
  return (x, y, z) => x - start[0] + shape[0] * (y - start[1] + shape[1] * (z - start[2]));
}

function nearest(source: Source): ValueAt {
  const { data, shape } = source;
  const indexOf = indexer(source);
  const near = (at: number, n: number): number => clamp(Math.floor(at + 0.5), n);
  return ([x, y, z]) => data[indexOf(near(x, shape[0]), near(y, shape[1]), near(z, shape[2]))]!;
}

/** A voxel that adds nothing is not looked at: it may be NaN. */
const between = (a: number, b: number, share: number): number => (share > 0 ? a + (b - a) * share : a);

/** How far behind its lower voxel a position lies; 0 where there is no voxel behind that one. */
const shareBehind = (at: number, base: number, n: number): number => (base + 1 < n ? at - base : 0);

function linear(source: Source): ValueAt {
  const { data, box } = source;
  const [width, height, depth] = source.shape;
  const [row, plane] = [box.shape[0], box.shape[0] * box.shape[1]];
  const indexOf = indexer(source);
  return (position) => {
    const [atX, atY, atZ] = position;
    const [x, y, z] = [Math.max(0, Math.floor(atX)), Math.max(0, Math.floor(atY)), Math.max(0, Math.floor(atZ))];
    const [a, b, c] = [shareBehind(atX, x, width), shareBehind(atY, y, height), shareBehind(atZ, z, depth)];
    const nextX = a > 0 ? 1 : 0;
    const nextY = b > 0 ? row : 0;
    const i = indexOf(x, y, z);
    const j = i + nextY;
    const near = between(between(data[i]!, data[i + nextX]!, a), between(data[j]!, data[j + nextX]!, a), b);
    if (!(c > 0)) return near;
    const [k, l] = [i + plane, j + plane];
    return between(near, between(between(data[k]!, data[k + nextX]!, a), between(data[l]!, data[l + nextX]!, a), b), c);
  };
}

/** Weights of the four coefficients around a position that lies `w` behind the second of them. */
function cubicWeights(w: number, into: Float64Array): void {
  into[3] = (1 / 6) * w * w * w;
  into[0] = 1 / 6 + 0.5 * w * (w - 1) - into[3];
  into[2] = w + into[0] - 2 * into[3];
  into[1] = 1 - into[0] - into[2] - into[3];
}

/** Weights and offsets of the coefficients along one axis; kept while the position stays. */
function cubicAxis(
  axis: number,
  { shape, box }: Source,
): (at: number) => { weights: Float64Array; offsets: Int32Array } {
  const step = [1, box.shape[0], box.shape[0] * box.shape[1]][axis]!;
  const [weights, offsets] = [new Float64Array(4), new Int32Array(4)];
  let before = NaN;
  return (at) => {
    if (at !== before) {
      // Rounded to single precision first: a position just below a voxel counts as on it.
      const second = Math.floor(Math.fround(at));
      cubicWeights(at - second, weights);
      for (let tap = 0; tap < 4; tap++)
        offsets[tap] = step * (mirror(second + tap - 1, shape[axis]!) - box.start[axis]!);
      before = at;
    }
    return { weights, offsets };
  };
}

/** Makes the function that gives the value of a cubic B-spline through the voxels at a position in the image. */
export function splineSampler(source: Source): ValueAt {
  const coefficients = splineCoefficients(source.data as VoxelArray, source.box.shape);
  const [alongX, alongY, alongZ] = [0, 1, 2].map((axis) => cubicAxis(axis, source)) as [
    ReturnType<typeof cubicAxis>,
    ReturnType<typeof cubicAxis>,
    ReturnType<typeof cubicAxis>,
  ];
  const [inPlane, offsetInPlane] = [new Float64Array(16), new Int32Array(16)];
  return ([atX, atY, atZ]) => {
    const [x, y, z] = [alongX(atX), alongY(atY), alongZ(atZ)];
    for (let p = 0; p < 16; p++) {
      inPlane[p] = x.weights[p & 3]! * y.weights[p >> 2]!;
      offsetInPlane[p] = x.offsets[p & 3]! + y.offsets[p >> 2]!;
    }
    let sum = 0;
    for (let c = 0; c < 4; c++) {
      const [weight, offset] = [z.weights[c]!, z.offsets[c]!];
      for (let p = 0; p < 16; p++) sum += inPlane[p]! * weight * coefficients[offset + offsetInPlane[p]!]!;
    }
    return sum;
  };
}

const makers = { nearest, linear, bspline: splineSampler };

/**
 * The values of a volume, x fastest, at the voxels of another grid; 0 outside the outer faces of its voxels. `data` are
 * the voxels in `box`, which must hold all voxels that the new ones depend on; near a box's face inside the image a
 * B-spline differs from that of the whole image by what its coefficients there would add.
 */
export function resampleAsItk(
  data: VoxelArray,
  box: Box,
  [from, to]: readonly [ItkGrid, ItkGrid],
  interpolation: RoiInterpolation,
): Float64Array {
  const { shape } = from;
  const valueAt = makers[interpolation]({ data, box, shape });
  const positionOf = positionIn(from, to);
  const [nx, ny, nz] = to.shape;
  const out = new Float64Array(nx * ny * nz);
  const isInside = (at: number, n: number): boolean => at >= -0.5 && at < n - 0.5;
  const position: Numbers3 = [0, 0, 0];
  for (let z = 0, at = 0; z < nz; z++) {
    for (let y = 0; y < ny; y++) {
      const [begin, end] = [positionOf(0, y, z), positionOf(nx, y, z)];
      for (let x = 0; x < nx; x++, at++) {
        const share = x / nx;
        for (let a = 0; a < 3; a++) position[a] = begin[a]! + share * (end[a]! - begin[a]!);
        const inside =
          isInside(position[0], shape[0]) && isInside(position[1], shape[1]) && isInside(position[2], shape[2]);
        if (inside) out[at] = valueAt(position);
      }
    }
  }
  return out;
}
