/**
 * Largest distances between the corners of a mesh, over all and within planes.
 *
 * The two farthest points of a set are corners of its convex hull. So each plane is first reduced to its hull, which
 * leaves few points; comparing all pairs, as the definition says, would take the square of their number.
 */
import type { Vec3 } from '../volume/volume.ts';
import type { AxisIndex } from './aggregation.ts';

/** Points of one plane as two coordinates after one another. */
type PlanePoints = number[];

/** Twice the signed area of the triangle of points a, b, c of a list. */
const turn = (p: PlanePoints, a: number, b: number, c: number): number =>
  (p[2 * b]! - p[2 * a]!) * (p[2 * c + 1]! - p[2 * a + 1]!) - (p[2 * b + 1]! - p[2 * a + 1]!) * (p[2 * c]! - p[2 * a]!);

/**
 * One side of the hull of points that are sorted by their first coordinate (Andrew's
 * monotone chain); +1 the lower, −1 the upper.
 */
function chain(points: PlanePoints, side: 1 | -1): number[] {
  const kept: number[] = [];
  for (let n = 0; n < points.length / 2; n++) {
    while (kept.length > 1 && side * turn(points, kept.at(-2)!, kept.at(-1)!, n) <= 0) kept.pop();
    kept.push(n);
  }
  return kept;
}

/** For each plane across `axis` (by its coordinate in half voxels) the corners of its convex hull. */
function planeHulls(vertices: Int32Array, shape: Vec3, axis: AxisIndex): { at: number; points: PlanePoints }[] {
  const [line, along] = [0, 1, 2].filter((other) => other !== axis) as [number, number];
  const [planes, lines] = [2 * shape[axis], 2 * shape[line]!];
  const low = new Int32Array(planes * lines).fill(0x7fffffff);
  const high = new Int32Array(planes * lines).fill(-1);
  for (let v = 0; v < vertices.length; v += 3) {
    const at = vertices[v + axis]! * lines + vertices[v + line]!;
    const value = vertices[v + along]!;
    if (value < low[at]!) low[at] = value;
    if (value > high[at]!) high[at] = value;
  }
  const hulls: { at: number; points: PlanePoints }[] = [];
  for (let plane = 0; plane < planes; plane++) {
    const [lower, upper]: PlanePoints[] = [[], []];
    for (let n = 0; n < lines; n++) {
      if (high[plane * lines + n]! < 0) continue;
      lower.push(n, low[plane * lines + n]!);
      upper.push(n, high[plane * lines + n]!);
    }
    if (lower.length === 0) continue;
    const corner =
      (list: PlanePoints) =>
      (n: number): number[] => [list[2 * n]!, list[2 * n + 1]!];
    hulls.push({
      at: plane,
      points: [...chain(lower, 1).flatMap(corner(lower)), ...chain(upper, -1).flatMap(corner(upper))],
    });
  }
  return hulls;
}

/** Largest distance in mm between two corners in one plane across `axis`; 0 without corners. */
export function largestPlaneDiameter(vertices: Int32Array, shape: Vec3, spacingMm: Vec3, axis: AxisIndex): number {
  const [first, second] = spacingMm.filter((_, other) => other !== axis).map((mm) => (mm / 2) ** 2);
  let largest = 0;
  for (const { points } of planeHulls(vertices, shape, axis)) {
    for (let a = 0; a < points.length; a += 2) {
      for (let b = a + 2; b < points.length; b += 2) {
        const square = first * (points[a]! - points[b]!) ** 2 + second * (points[a + 1]! - points[b + 1]!) ** 2;
        if (square > largest) largest = square;
      }
    }
  }
  return Math.sqrt(largest);
}

/**
 * The corners of the hulls of all planes across z, which hold the corners of the convex hull: x, y, z in half voxels.
 */
export const hullCandidates = (vertices: Int32Array, shape: Vec3): Int32Array =>
  Int32Array.from(
    planeHulls(vertices, shape, 2).flatMap(({ at, points }) =>
      points.flatMap((value, n) => (n % 2 === 0 ? [value] : [value, at])),
    ),
  );

/** Largest distance in mm between two of the points x, y, z (half voxels); 0 for fewer than two. */
export function largestDiameter(points: Int32Array, spacingMm: Vec3): number {
  const n = points.length / 3;
  const mm = Float64Array.from(points, (value, at) => (value * spacingMm[at % 3]!) / 2);
  const centre = [0, 1, 2].map((axis) => {
    let sum = 0;
    for (let p = axis; p < mm.length; p += 3) sum += mm[p]!;
    return sum / n;
  });
  const radius = Float64Array.from({ length: n }, (_, p) =>
    Math.hypot(mm[3 * p]! - centre[0]!, mm[3 * p + 1]! - centre[1]!, mm[3 * p + 2]! - centre[2]!),
  );
  const order = Array.from(radius.keys()).sort((a, b) => radius[b]! - radius[a]!);
  let largest = 0;
  for (let i = 0; i < n; i++) {
    const a = order[i]!;
    // All further points lie nearer to the centre, so no pair with them can be longer.
    if ((2 * radius[a]!) ** 2 <= largest) break;
    for (let j = i + 1; j < n; j++) {
      const b = order[j]!;
      if ((radius[a]! + radius[b]!) ** 2 <= largest) break;
      const square =
        (mm[3 * a]! - mm[3 * b]!) ** 2 +
        (mm[3 * a + 1]! - mm[3 * b + 1]!) ** 2 +
        (mm[3 * a + 2]! - mm[3 * b + 2]!) ** 2;
      if (square > largest) largest = square;
    }
  }
  return Math.sqrt(largest);
}
