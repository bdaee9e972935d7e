/**
 * Bilinear reading of a slice, one row of points at a time. Up to half a pixel outside the source its edge is
 * repeated; further out there is nothing: 0. This is where most of the time of a batch goes, so the loops are plain.
 */

/** Height and width of a source in pixels. */
interface SourceSize {
  readonly height: number;
  readonly width: number;
}

/** A row of points to read. */
export interface PointRow {
  /** First where the points lie in the source, in pixels; after `findCorners` how far from their corners. */
  readonly ys: Float64Array;
  readonly xs: Float64Array;
  /** Position of the upper left of the four pixels around each point, -1 outside. */
  readonly corners: Int32Array;
}

export const pointRow = (length: number): PointRow => ({
  ys: new Float64Array(length),
  xs: new Float64Array(length),
  corners: new Int32Array(length),
});

/** Finds the four pixels around each point of the row. */
export function findCorners({ ys, xs, corners }: PointRow, { height, width }: SourceSize): void {
  const [lastRow, lastColumn] = [height - 1, width - 1];
  for (let j = 0; j < corners.length; j++) {
    let y = ys[j];
    let x = xs[j];
    if (y < -0.5 || x < -0.5 || y > height - 0.5 || x > width - 0.5) {
      corners[j] = -1;
      continue;
    }
    if (y < 0) y = 0;
    else if (y > lastRow) y = lastRow;
    if (x < 0) x = 0;
    else if (x > lastColumn) x = lastColumn;
    const row = height > 1 && y >= lastRow ? height - 2 : y | 0;
    const column = width > 1 && x >= lastColumn ? width - 2 : x | 0;
    corners[j] = row * width + column;
    ys[j] = y - row;
    xs[j] = x - column;
  }
}

/** Distance to the pixel below and to the right; a slice of one row or column is its own neighbour. */
const stepsOf = ({ height, width }: SourceSize): [number, number] => [height > 1 ? width : 0, width > 1 ? 1 : 0];

/** Reads the planes of `source` (planes, height, width) at the points into `out`, from `at` on, as (points, planes). */
export function readImageRow(
  source: Float32Array,
  size: SourceSize,
  { ys: dys, xs: dxs, corners }: PointRow,
  out: Float32Array,
  at: number,
): void {
  const planeSize = size.height * size.width;
  const planes = (source.length / planeSize) | 0; // as an integer: the loops count with it
  const [down, right] = stepsOf(size);
  for (let j = 0, o = at; j < corners.length; j++) {
    let k = corners[j];
    const dy = dys[j];
    const dx = dxs[j];
    if (k < 0) {
      for (const end = o + planes; o < end; o++) out[o] = 0;
      continue;
    }
    for (const end = o + planes; o < end; o++, k += planeSize) {
      const first = source[k];
      const third = source[k + down];
      const upper = first + (source[k + right] - first) * dx;
      const lower = third + (source[k + down + right] - third) * dx;
      out[o] = upper + (lower - upper) * dy;
    }
  }
}

/**
 * For rows of points that lie at the same `xs` and at one y each: reads those at y of `source` (height, width) into
 * `out`, from `at` on. To the bit what `readImageRow` reads, but each row of the source is interpolated along x once.
 */
export function rowReader(
  source: Float32Array,
  size: SourceSize,
  xs: Float64Array,
): (y: number, out: Float32Array, at: number) => void {
  const points: PointRow = { ys: new Float64Array(xs.length), xs: xs.slice(), corners: new Int32Array(xs.length) };
  findCorners(points, size);
  const [down, right] = stepsOf(size);
  let [upper, lower] = [new Float64Array(xs.length), new Float64Array(xs.length)];
  const acrossInto = (row: number, to: Float64Array): void => {
    for (let j = 0; j < to.length; j++) {
      const k = row * size.width + points.corners[j]!;
      to[j] = source[k]! + (source[k + right]! - source[k]!) * points.xs[j]!;
    }
  };
  let last = -2;
  return (y, out, at) => {
    const place = Math.min(Math.max(y, 0), size.height - 1);
    const row = Math.min(Math.floor(place), Math.max(size.height - 2, 0));
    if (row === last + 1) {
      [upper, lower] = [lower, upper];
      acrossInto(down > 0 ? row + 1 : row, lower);
    } else if (row !== last) {
      acrossInto(row, upper);
      acrossInto(down > 0 ? row + 1 : row, lower);
    }
    last = row;
    const dy = place - row;
    for (let j = 0; j < upper.length; j++) out[at + j] = upper[j]! + (lower[j]! - upper[j]!) * dy;
  };
}

/** The share of class `of` at a point among four pixels: its mask, interpolated. */
function shareAt([a, b, c, d]: readonly number[], dy: number, dx: number, of: number): number {
  const [first, third] = [Number(a === of), Number(c === of)];
  const upper = first + (Number(b === of) - first) * dx;
  const lower = third + (Number(d === of) - third) * dx;
  return Math.fround(upper + (lower - upper) * dy);
}

/** The class with the largest share, the highest of equals; of background and one class, that class from ½ on. */
function likeliest(pixels: readonly number[], dy: number, dx: number): number {
  let [found, most] = [0, shareAt(pixels, dy, dx, 0)];
  for (const candidate of pixels) {
    const share = shareAt(pixels, dy, dx, candidate);
    if (share > most || (share === most && candidate > found)) [found, most] = [candidate, share];
  }
  return found;
}

/**
 * Reads class numbers (height, width) at the points into `out`, from `at` on: of each point the class whose mask,
 * interpolated, is largest there; 0 outside.
 */
export function readLabelRow(
  source: Uint8Array,
  size: SourceSize,
  { ys: dys, xs: dxs, corners }: PointRow,
  out: Uint8Array,
  at: number,
): void {
  const [down, right] = stepsOf(size);
  for (let j = 0, o = at; j < corners.length; j++, o++) {
    const k = corners[j];
    out[o] = 0;
    if (k < 0) continue;
    const [a, b, c, d] = [source[k], source[k + right], source[k + down], source[k + down + right]];
    out[o] = a === b && a === c && a === d ? a : likeliest([a, b, c, d], dys[j], dxs[j]);
  }
}
