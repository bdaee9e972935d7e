/**
 * Elastic augmentation: the smooth random displacement u(y, x) = Σ_kl B(p - k) B(q - l) d_kl, with B the cubic
 * B-spline, d_kl normal displacements of a few control points, and (p, q) the place (y, x) counted in knots.
 * Source: free-form deformation, Rueckert et al. 1999, doi:10.1109/42.796284.
 */
import type { Random } from '../random.ts';

export interface Elastic {
  /** Knots from edge to edge of the window, at least 2; one more control point lies outside on every side. */
  readonly knots: number;
  /** Displacement of the control points along y and x, (knots+2, knots+2) each, in the unit of the grid. */
  readonly dy: Float64Array;
  readonly dx: Float64Array;
}

/** Normal control points. The field between them is smoother: its standard deviation is about half of theirs. */
export function drawElastic(random: Random, knots: number, [sdY, sdX]: readonly [number, number]): Elastic {
  const count = (knots + 2) ** 2;
  const draw = (sd: number): Float64Array => Float64Array.from({ length: count }, () => random.normal(0, sd));
  return { knots, dy: draw(sdY), dx: draw(sdX) };
}

/** The four weights of the uniform cubic B-spline at `t` in [0, 1) between two knots; they add up to 1. */
function splineWeights(t: number): [number, number, number, number] {
  const s = 1 - t;
  return [s ** 3 / 6, 2 / 3 - t * t * (1 - t / 2), 2 / 3 - s * s * (1 - s / 2), t ** 3 / 6];
}

/** For each of `size` pixel centres along an axis: the first control point, then four weights. */
function splineTable(size: number, knots: number): { first: Int32Array; weights: Float64Array } {
  const first = new Int32Array(size);
  const weights = new Float64Array(4 * size);
  for (let i = 0; i < size; i++) {
    const position = ((i + 0.5) / size) * (knots - 1);
    first[i] = Math.min(Math.floor(position), knots - 2);
    weights.set(splineWeights(position - first[i]), 4 * i);
  }
  return { first, weights };
}

/** Adds the displacement of the pixels of row `i` to `ys` and `xs`, one value a column. */
type AddElasticRow = (i: number, ys: Float64Array, xs: Float64Array) => void;

/** The displacements of a window of (height, width) pixels, times `scale` along y and x, row by row. */
export function elasticRows(
  { knots, dy, dx }: Elastic,
  [height, width]: readonly [number, number],
  [scaleY, scaleX]: readonly [number, number],
): AddElasticRow {
  const across = knots + 2;
  const rows = splineTable(height, knots);
  const { first, weights } = splineTable(width, knots);
  const rowY = new Float64Array(across);
  const rowX = new Float64Array(across);
  return (i, ys, xs) => {
    const [w0, w1, w2, w3] = rows.weights.subarray(4 * i, 4 * i + 4);
    for (let k = 0, c = rows.first[i] * across; k < across; k++, c++) {
      rowY[k] = scaleY * (w0 * dy[c] + w1 * dy[c + across] + w2 * dy[c + 2 * across] + w3 * dy[c + 3 * across]);
      rowX[k] = scaleX * (w0 * dx[c] + w1 * dx[c + across] + w2 * dx[c + 2 * across] + w3 * dx[c + 3 * across]);
    }
    for (let j = 0; j < width; ) {
      // from knot to knot, so that the control points stay at hand
      const k = first[j];
      const [y0, y1, y2, y3] = [rowY[k], rowY[k + 1], rowY[k + 2], rowY[k + 3]];
      const [x0, x1, x2, x3] = [rowX[k], rowX[k + 1], rowX[k + 2], rowX[k + 3]];
      for (let w = 4 * j; j < width && first[j] === k; j++, w += 4) {
        const a = weights[w];
        const b = weights[w + 1];
        const c = weights[w + 2];
        const d = weights[w + 3];
        ys[j] += a * y0 + b * y1 + c * y2 + d * y3;
        xs[j] += a * x0 + b * x1 + c * x2 + d * x3;
      }
    }
  };
}
