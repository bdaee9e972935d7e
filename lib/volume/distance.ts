/**
 * The exact Euclidean distance transform of a mask with anisotropic spacing, in 2-D (one slice) and 3-D.
 *
 * Separable: distances along x row by row, then along y and z by lower envelopes of parabolas, without a division and
 * linear in the number of voxels (Maurer, Qi & Raghavan 2003, doi:10.1109/TPAMI.2003.1177156, after Felzenszwalb &
 * Huttenlocher 2012, doi:10.4086/toc.2012.v008a019).
 */
import { expected } from '../errors.ts';
import { ForegroundScan } from './foreground.ts';
import { type Vec3, voxelCount } from './volume.ts';

/** The side to whose nearest voxel distances are measured. */
export type Target = 'foreground' | 'background';
/** An array of distances in single or double precision. */
export type DistanceArray = Float32Array | Float64Array;

/** So many lines are gathered at once that whole cache lines are used. */
const blockWidth = 32;

/** Throws unless the mask has one value a voxel and the spacing is three positive numbers. */
export function assertGrid(mask: ArrayLike<number>, shape: Vec3, spacingMm: Vec3): void {
  if (mask.length !== voxelCount(shape)) throw expected(`a mask of ${shape.join('×')} voxels`, `${mask.length} values`);
  if (spacingMm.length !== 3 || !spacingMm.every((s) => s > 0 && Number.isFinite(s)))
    throw expected('a positive spacing in mm for x, y, z', spacingMm.join(', '));
}

/** What a slice holds: nothing but targets, no target at all, or both. */
type SliceContent = 'targets' | 'none' | 'both';

/** Squared distances to the nearest target in the same row, slice by slice. */
class RowPass {
  readonly #mask: ArrayLike<number>;
  readonly #out: DistanceArray;
  readonly #width: number;
  readonly #wantsForeground: boolean;
  readonly #squares: Float64Array;
  readonly #scan: ForegroundScan;
  /** The next voxel of foreground, from the last row looked at on. */
  #upcoming = -1;
  /** Which rows of the last slice hold anything but targets. */
  readonly isOpen: Uint8Array;
  constructor(mask: ArrayLike<number>, out: DistanceArray, [width, height]: Vec3, spacing: number, target: Target) {
    this.#mask = mask;
    this.#out = out;
    this.#width = width;
    this.#wantsForeground = target === 'foreground';
    this.#squares = Float64Array.from({ length: width }, (_, i) => (i * spacing) ** 2);
    this.#scan = new ForegroundScan(mask);
    this.isOpen = new Uint8Array(height);
  }

  /** The slice that begins at `first`; Infinity in rows without any target. */
  slice(first: number): SliceContent {
    const width = this.#width;
    let targets = 0;
    for (let y = 0, start = first; y < this.isOpen.length; y++, start += width) {
      const inRow = this.#row(start);
      this.isOpen[y] = Number(inRow < width);
      targets += inRow;
    }
    if (targets === 0) return 'none';
    return targets < this.isOpen.length * width ? 'both' : 'targets';
  }

  /** One row; the number of its targets. */
  #row(start: number): number {
    const [mask, out, wantsForeground, end] = [this.#mask, this.#out, this.#wantsForeground, start + this.#width];
    if (this.#upcoming < start) this.#upcoming = this.#scan.next(start);
    if (this.#upcoming >= end) {
      out.fill(wantsForeground ? Infinity : 0, start, end);
      return wantsForeground ? 0 : this.#width;
    }
    let last = -1;
    let targets = 0;
    for (let i = start; i < end; i++) {
      if ((mask[i] !== 0) !== wantsForeground) continue;
      targets++;
      out[i] = 0;
      if (last !== i - 1) fillGap(out, last, i, start, this.#squares);
      last = i;
    }
    if (last < 0) out.fill(Infinity, start, end);
    else for (let j = last + 1; j < end; j++) out[j] = this.#squares[j - last];
    return targets;
  }
}

/** The voxels between the target at `last` (-1: none yet in the row from `start`) and the next one at `next`. */
function fillGap(out: DistanceArray, last: number, next: number, start: number, squares: Float64Array): void {
  const middle = last < 0 ? start - 1 : (last + next) >> 1;
  for (let j = last + 1; last >= 0 && j <= middle; j++) out[j] = squares[j - last];
  for (let j = middle + 1; j < next; j++) out[j] = squares[next - j];
}

/** Lower envelopes of parabolas over lines of values; keeps its working memory from line to line. */
class Envelope {
  readonly #place: Int32Array;
  readonly #height: Float64Array;
  constructor(length: number) {
    this.#place = new Int32Array(length);
    this.#height = new Float64Array(length);
  }

  /** The sites whose parabolas make up the envelope of `line[start + first]` to `line[start + last]`; their number. */
  #sites(line: Float64Array, start: number, first: number, last: number, weight: number): number {
    const [place, height] = [this.#place, this.#height];
    let count = 0;
    for (let i = first; i <= last; i++) {
      const f = line[start + i];
      if (f === Infinity) continue;
      while (count > 1) {
        const v = place[count - 1];
        const a = v - place[count - 2];
        const b = i - v;
        // Else the parabola at v lies nowhere below both of its neighbours.
        if ((a + b) * height[count - 1] - b * height[count - 2] - a * f <= weight * a * b * (a + b)) break;
        count--;
      }
      place[count] = i;
      height[count++] = f;
    }
    return count;
  }

  /**
   * Replaces the `length` values from `line[start]`: value i becomes the least of `value j + (stepMm (i - j))²` over
   * all j. Zeros stay and nothing reaches across them, so each run between zeros is a problem of its own. False:
   * nothing changed.
   */
  lower(line: Float64Array, start: number, length: number, stepMm: number): boolean {
    const [place, height] = [this.#place, this.#height];
    const weight = stepMm * stepMm;
    let changed = false;
    for (let i = 0; i < length; i++) {
      if (line[start + i] === 0) continue;
      const first = i;
      while (i < length && line[start + i] !== 0) i++;
      const count = this.#sites(line, start, Math.max(first - 1, 0), Math.min(i, length - 1), weight);
      if (count === 0) continue;
      changed = true;
      for (let j = first, k = 0; j < i; j++) {
        let least = height[k] + (stepMm * (j - place[k])) ** 2;
        while (k + 1 < count) {
          const further = height[k + 1] + (stepMm * (j - place[k + 1])) ** 2;
          if (further > least) break;
          least = further;
          k++;
        }
        line[start + j] = least;
      }
    }
    return changed;
  }
}

/** How lines are gathered from the volume, worked on and put back: `blockWidth` neighbouring lines at a time. */
class LinePass {
  readonly #buffer: Float64Array;
  readonly #envelope: Envelope;
  readonly #length: number;
  readonly #stride: number;
  readonly #stepMm: number;
  constructor(length: number, stride: number, spacing: number) {
    this.#buffer = new Float64Array(length * blockWidth);
    this.#envelope = new Envelope(length);
    this.#length = length;
    this.#stride = stride;
    this.#stepMm = spacing;
  }

  /** Copies `width` lines into the buffer; true when all their values are 0. */
  #gather(data: DistanceArray, first: number, width: number): boolean {
    const [buffer, length, stride] = [this.#buffer, this.#length, this.#stride];
    let isZero = true;
    for (let i = 0, from = first; i < length; i++, from += stride) {
      for (let b = 0; b < width; b++) {
        const value = data[from + b];
        buffer[b * length + i] = value;
        if (value !== 0) isZero = false;
      }
    }
    return isZero;
  }

  /**
   * Works on `width` lines from `first` on in place, with `root` the square root of the result; true when all are 0.
   */
  run(data: DistanceArray, first: number, width: number, root: boolean): boolean {
    if (this.#gather(data, first, width)) return true;
    const [buffer, length, stride] = [this.#buffer, this.#length, this.#stride];
    let changed = root;
    if (length > 1)
      for (let b = 0; b < width; b++)
        if (this.#envelope.lower(buffer, b * length, length, this.#stepMm)) changed = true;
    if (!changed) return false;
    for (let i = 0, to = first; i < length; i++, to += stride) {
      if (root) for (let b = 0; b < width; b++) data[to + b] = Math.sqrt(buffer[b * length + i]);
      else for (let b = 0; b < width; b++) data[to + b] = buffer[b * length + i];
    }
    return false;
  }
}

const blocksIn = (width: number): number => Math.ceil(width / blockWidth);

/**
 * Squared distance in mm² to the nearest target in the same z-slice, into `out`; Infinity in slices without any.
 * Returns for each block of columns (y, then x) whether it holds anything but 0 in any slice.
 */
export function squaredDistanceInSlices(
  mask: ArrayLike<number>,
  shape: Vec3,
  spacingMm: Vec3,
  target: Target,
  out: DistanceArray,
): Uint8Array {
  const [width, height, depth] = shape;
  const blocks = blocksIn(width);
  const occupied = new Uint8Array(blocks * height);
  const pass = new LinePass(height, width, spacingMm[1]);
  const rows = new RowPass(mask, out, shape, spacingMm[0], target);
  for (let z = 0; z < depth; z++) {
    const content = rows.slice(z * width * height);
    if (content === 'targets') continue;
    if (content === 'none') occupied.fill(1);
    for (let block = 0; block < blocks && content === 'both'; block++) {
      const first = block * blockWidth;
      if (pass.run(out, z * width * height + first, Math.min(blockWidth, width - first), false)) continue;
      for (let y = 0; y < height; y++) occupied[y * blocks + block] |= rows.isOpen[y];
    }
  }
  return occupied;
}

/**
 * Distance in mm from each voxel to the centre of the nearest voxel of the target: `background` (0 in the mask; the
 * convention of SciPy and of the `edt` package) or `foreground` (anything else). Voxels of the target have 0; what lies
 * beyond the image is neither. Shape [x, y, z], x fastest; a 2-D mask has z = 1. Without any target all are Infinity.
 * In single precision unless `out` is a Float64Array. Throws a UserError when mask, shape and spacing do not fit.
 */
export function distanceTransform<T extends DistanceArray = Float32Array>(
  mask: ArrayLike<number>,
  shape: Vec3,
  spacingMm: Vec3,
  target: Target = 'background',
  out = new Float32Array(mask.length) as T,
): T {
  assertGrid(mask, shape, spacingMm);
  if (out.length !== mask.length) throw expected(`room for ${mask.length} distances`, `${out.length}`);
  const [width, height, depth] = shape;
  const occupied = squaredDistanceInSlices(mask, shape, spacingMm, target, out);
  const pass = new LinePass(depth, width * height, spacingMm[2]);
  const blocks = blocksIn(width);
  for (let y = 0; y < height; y++) {
    for (let block = 0; block < blocks; block++) {
      const first = block * blockWidth;
      if (occupied[y * blocks + block]) pass.run(out, y * width + first, Math.min(blockWidth, width - first), true);
    }
  }
  return out;
}
