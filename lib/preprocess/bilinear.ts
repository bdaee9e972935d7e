/**
 * Bilinear reading of a slice, one row of the grid at a time. Up to half a pixel outside the source its edge is
 * repeated; further out there is nothing: 0. This is where most of the time of a batch goes, so the loops are plain.
 */

/**
 * Turns the places of a row of points in the source (in pixels) into the position of the upper left of the four pixels
 * around each, -1 outside, in `corners`; `ys` and `xs` then hold the distances from that pixel.
 */
export function findCorners(
  ys: Float64Array,
  xs: Float64Array,
  height: number,
  width: number,
  corners: Int32Array,
): void {
  const [lastRow, lastColumn] = [height - 1, width - 1];
  for (let j = 0; j < corners.length; j++) {
    let y = ys[j];
    let x = xs[j];
    if (y < -0.5 || x < -0.5 || y > height - 0.5 || x > width - 0.5) {
      corners[j] = -1;
      continue;
    }
    y = y < 0 ? 0 : y > lastRow ? lastRow : y;
    x = x < 0 ? 0 : x > lastColumn ? lastColumn : x;
    const row = height > 1 && y >= lastRow ? height - 2 : y | 0;
    const column = width > 1 && x >= lastColumn ? width - 2 : x | 0;
    corners[j] = row * width + column;
    ys[j] = y - row;
    xs[j] = x - column;
  }
}

/** Distance to the pixel below and to the right; a slice of one row or column is its own neighbour. */
const stepsOf = (height: number, width: number): [number, number] => [height > 1 ? width : 0, width > 1 ? 1 : 0];

/** Reads `planes` planes (planes, height, width) at the points into `out`, from `at` on, as (points, planes). */
export function readImageRow(
  source: Float32Array,
  planes: number,
  height: number,
  width: number,
  corners: Int32Array,
  dys: Float64Array,
  dxs: Float64Array,
  out: Float32Array,
  at: number,
): void {
  const planeSize = height * width;
  const [down, right] = stepsOf(height, width);
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
 * Reads a label (height, width) at the points into `out`, from `at` on: 1 where the interpolated label is at least ½,
 * else 0.
 */
export function readLabelRow(
  source: Uint8Array,
  height: number,
  width: number,
  corners: Int32Array,
  dys: Float64Array,
  dxs: Float64Array,
  out: Uint8Array,
  at: number,
): void {
  const [down, right] = stepsOf(height, width);
  for (let j = 0, o = at; j < corners.length; j++, o++) {
    const k = corners[j];
    out[o] = 0;
    if (k < 0) continue;
    const [a, b, c, d] = [source[k], source[k + right], source[k + down], source[k + down + right]];
    if ((a | b | c | d) === 0) continue;
    const upper = a + (b - a) * dxs[j];
    const lower = c + (d - c) * dxs[j];
    if (Math.fround(upper + (lower - upper) * dys[j]) >= 0.5) out[o] = 1;
  }
}
