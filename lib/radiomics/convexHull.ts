/**
 * Convex hull of points in space, by adding one point after another. Coordinates are whole numbers, so that which side
 * of a face a point lies on is decided exactly.
 */
import { cross, dot, minus } from '../volume/vectors.ts';
import type { Vec3 } from '../volume/volume.ts';

/** A triangle of point numbers, anticlockwise seen from outside. */
type Face = readonly [number, number, number];

export interface HullMeasures {
  readonly areaMm2: number;
  readonly volumeMm3: number;
}

const pointOf = (points: Int32Array, n: number): Vec3 => [points[3 * n]!, points[3 * n + 1]!, points[3 * n + 2]!];

/** Six times the volume of the tetrahedron; positive where `n` lies outside of the face. */
function side(points: Int32Array, [a, b, c]: Face, n: number): number {
  const origin = pointOf(points, a);
  return dot(
    cross(minus(pointOf(points, b), origin), minus(pointOf(points, c), origin)),
    minus(pointOf(points, n), origin),
  );
}

/** Four points that span a body, as faces; undefined when all points lie in one plane. */
function firstBody(points: Int32Array, count: number): Face[] | undefined {
  const indices = Array.from({ length: count }, (_, n) => n);
  const fromFirst = (n: number): Vec3 => minus(pointOf(points, n), pointOf(points, 0));
  const isLong = (v: Vec3): boolean => dot(v, v) > 0;
  const b = indices.find((n) => isLong(fromFirst(n)));
  if (b === undefined) return undefined;
  const c = indices.find((n) => isLong(cross(fromFirst(b), fromFirst(n))));
  if (c === undefined) return undefined;
  const d = indices.find((n) => side(points, [0, b, c], n) !== 0);
  if (d === undefined) return undefined;
  const [p, q] = side(points, [0, b, c], d) < 0 ? [b, c] : [c, b];
  return [
    [0, p, q],
    [0, d, p],
    [p, d, q],
    [q, d, 0],
  ];
}

/** Faces after point `n` has joined: those it sees go, and each edge of the hole gets a new one. */
function addPoint(points: Int32Array, faces: Face[], n: number): Face[] {
  const seen = faces.filter((face) => side(points, face, n) > 0);
  if (seen.length === 0) return faces;
  const hidden = faces.filter((face) => side(points, face, n) <= 0);
  const edges = seen.flatMap((face) => face.map((from, i) => ({ from, to: face[(i + 1) % 3]! })));
  const key = (from: number, to: number): number => from * points.length + to;
  const known = new Set(edges.map(({ from, to }) => key(from, to)));
  const rim = edges.filter(({ from, to }) => !known.has(key(to, from)));
  return [...hidden, ...rim.map(({ from, to }): Face => [from, to, n])];
}

/**
 * Area and volume of the convex hull of points x, y, z after one another, in units of `unitMm`. Points in one plane, or
 * fewer than four, give 0 of both.
 */
export function convexHull(points: Int32Array, unitMm: Vec3): HullMeasures {
  const count = points.length / 3;
  let faces = count < 4 ? undefined : firstBody(points, count);
  if (!faces) return { areaMm2: 0, volumeMm3: 0 };
  for (let n = 1; n < count; n++) faces = addPoint(points, faces, n);
  let [area, volume] = [0, 0];
  const mm = (n: number): Vec3 => pointOf(points, n).map((value, axis) => value * unitMm[axis]!) as unknown as Vec3;
  for (const [a, b, c] of faces) {
    const normal = cross(minus(mm(b), mm(a)), minus(mm(c), mm(a)));
    area += Math.sqrt(dot(normal, normal)) / 2;
    volume += dot(mm(a), normal) / 6;
  }
  return { areaMm2: area, volumeMm3: volume };
}
