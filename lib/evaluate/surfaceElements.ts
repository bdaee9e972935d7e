/**
 * The surface of a mask as small pieces with an area each, as marching cubes puts it between the voxels.
 *
 * Eight neighbouring voxel centres are the corners of a cell. Where the cell has both foreground and
 * background corners, the surface passes through the middle of every edge between two unlike corners. Its area
 * in the cell depends only on which corners are foreground, so a table of 256 areas (in 2-D: 16 lengths) says
 * it all. Nikolov et al. 2018, arXiv:1809.04430, define surface DSC by these elements; the table here is made
 * from the geometry alone (see `cellArea`).
 */
import type { Vec3 } from '../volume/volume.ts';

type Point = Vec3;

/** The order of the corners is that in which `surfaceElements` gathers them: bit y + 2 z + 4 x of a code. */
const cornerAt = ([x, y, z]: Point): number => (x << 2) | y | (z << 1);
const middle = (a: Point, b: Point): Point => [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2, (a[2] + b[2]) / 2];
const isForeground = (code: number, corner: Point): boolean => ((code >> cornerAt(corner)) & 1) === 1;

/** The point of the face across `axis` on that `side` (0 or 1), at (u, v) along the two axes that follow it. */
function onFace(axis: number, side: number, u: number, v: number): Point {
  const point = [side, side, side];
  point[(axis + 1) % 3] = u;
  point[(axis + 2) % 3] = v;
  return point as unknown as Point;
}

/** The four corners of each of the six faces, in turn. */
const faces: readonly Point[][] = [0, 1, 2].flatMap((axis) =>
  [0, 1].map((side) => [
    onFace(axis, side, 0, 0),
    onFace(axis, side, 1, 0),
    onFace(axis, side, 1, 1),
    onFace(axis, side, 0, 1),
  ]),
);

/**
 * The lines in which the surface cuts a face, as pairs of edge midpoints. With four cut edges there are two ways:
 * each corner of the rarer kind in the cell (foreground where both are four) is cut off by itself.
 */
function linesOnFace(code: number, face: readonly Point[]): [Point, Point][] {
  const kind = face.map((corner) => isForeground(code, corner));
  const cut = face.map((corner, i) => (kind[i] !== kind[(i + 1) % 4] ? middle(corner, face[(i + 1) % 4]) : undefined));
  const points = cut.filter((p) => p !== undefined);
  if (points.length < 4) return points.length === 2 ? [[points[0], points[1]]] : [];
  const foreground = [...code.toString(2)].filter((bit) => bit === '1').length;
  return face.flatMap((_, i) => (kind[i] === foreground <= 4 ? [[cut[(i + 3) % 4]!, cut[i]!] as [Point, Point]] : []));
}

/** Joins the lines on the faces to closed polygons. */
function polygons(code: number): Point[][] {
  const open = faces.flatMap((face) => linesOnFace(code, face));
  const same = (a: Point, b: Point): boolean => a.every((value, i) => value === b[i]);
  const found: Point[][] = [];
  for (let line = open.pop(); line; line = open.pop()) {
    const polygon = [...line];
    for (;;) {
      const end = polygon.at(-1)!;
      const next = open.findIndex((candidate) => candidate.some((p) => same(p, end)));
      const [a, b] = open.splice(next, 1)[0];
      const point = same(a, end) ? b : a;
      if (same(point, polygon[0])) break;
      polygon.push(point);
    }
    found.push(polygon);
  }
  return found;
}

const minus = (a: Point, b: Point): Point => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
const cross = (a: Point, b: Point): Point => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];

/** Axis of the edge whose middle this is. */
const axisOf = (midpoint: Point): number => midpoint.indexOf(0.5);

/**
 * A polygon of five or six corners may be bent, so it matters how it is cut into triangles: here all of them share a
 * corner that lies on an edge parallel to that of the corner half-way round. For flat polygons any corner would do.
 */
function triangles(polygon: readonly Point[]): [Point, Point, Point][] {
  const n = polygon.length;
  const parallel = polygon.findIndex((p, i) => axisOf(p) === axisOf(polygon[(i + (n >> 1)) % n]));
  const shared = Math.max(0, parallel);
  return Array.from({ length: n - 2 }, (_, i) => [
    polygon[shared],
    polygon[(shared + i + 1) % n],
    polygon[(shared + i + 2) % n],
  ]);
}

function triangleArea(triangle: readonly Point[], spacingMm: Vec3): number {
  const [a, b, c] = triangle.map((p) => p.map((value, axis) => value * spacingMm[axis]) as unknown as Point);
  return Math.hypot(...cross(minus(b, a), minus(c, a))) / 2;
}

/** Area in mm² of the surface in a cell whose foreground corners are the bits of `code`. */
const cellArea = (code: number, spacingMm: Vec3): number =>
  polygons(code)
    .flatMap(triangles)
    .reduce((sum, triangle) => sum + triangleArea(triangle, spacingMm), 0);

/** Length in mm of the outline in a 2-D cell: the lines on the face z = 0. */
function cellLength(code: number, [dx, dy]: Vec3): number {
  const face = faces.find((corners) => corners.every((c) => c[2] === 0))!;
  return linesOnFace(code, face).reduce((sum, [a, b]) => sum + Math.hypot((a[0] - b[0]) * dx, (a[1] - b[1]) * dy), 0);
}

/**
 * Size of the surface for each of the 256 codes: mm² in 3-D, mm in 2-D, where the corners at z = 1 repeat those at
 * z = 0. Bit `y + 2 z + 4 x` of a code tells whether the corner (x, y, z) is foreground.
 */
export const cellSizes = (spacingMm: Vec3, dimensions: 2 | 3): Float64Array =>
  Float64Array.from({ length: 256 }, (_, code) => (dimensions === 3 ? cellArea : cellLength)(code, spacingMm));

/** Points of a grid that carry a surface, with the size of each piece. */
export interface SurfacePoints {
  /** Indices into the grid, rising. */
  readonly points: Int32Array;
  /** mm² in 3-D, mm in 2-D; 1 each for voxels. */
  readonly sizes: Float64Array;
}

/**
 * The surface elements of a mask of 0 and 1 whose outermost voxels are background. Point i is the cell that begins at
 * voxel i. `sizes` comes from `cellSizes`. Shape [x, y, z], z = 1 in 2-D. An empty mask has none.
 */
export function surfaceElements(mask: Uint8Array, [width, height, depth]: Vec3, sizes: Float64Array): SurfacePoints {
  const points: number[] = [];
  const found: number[] = [];
  const layer = depth === 1 ? 0 : width * height;
  for (let z = 0; z < Math.max(1, depth - 1); z++) {
    for (let y = 0; y < height - 1; y++) {
      const start = width * (y + height * z);
      let before = 0;
      for (let i = start; i < start + width; i++) {
        const column = mask[i] | (mask[i + width] << 1) | (mask[i + layer] << 2) | (mask[i + layer + width] << 3);
        const code = before | (column << 4);
        before = column;
        if (code === 0 || code === 255) continue;
        points.push(i - 1);
        found.push(sizes[code]);
      }
    }
  }
  return { points: Int32Array.from(points), sizes: Float64Array.from(found) };
}

/**
 * The voxels of a mask of 0 and 1 that touch background with a face (in 2-D: a side), each of size 1. The outermost
 * voxels of the mask must be background. Point i is voxel i. Shape [x, y, z], z = 1 in 2-D. An empty mask has none.
 */
export function surfaceVoxels(mask: Uint8Array, [width, height, depth]: Vec3): SurfacePoints {
  const points: number[] = [];
  const layer = depth === 1 ? 0 : width * height;
  for (let i = 0; i < mask.length; i++) {
    if (mask[i] === 0) continue;
    if ((mask[i - 1] & mask[i + 1] & mask[i - width] & mask[i + width] & mask[i - layer] & mask[i + layer]) === 0)
      points.push(i);
  }
  return { points: Int32Array.from(points), sizes: new Float64Array(points.length).fill(1) };
}
