/**
 * Solids as signed distances: what the organs are made of.
 *
 * A solid tells for a point how far it is from the surface, negative inside, in millimetres (near the surface; the
 * values are a bound further away). Coordinates are the phantom's template: x to the patient's left, y to posterior,
 * z to superior, origin in front of the spine at the level of the pancreas.
 */
import type { Vec3 } from '../../volume/volume.ts';

export interface Solid {
  /** A box that holds the solid: nothing outside it is inside. */
  readonly low: Vec3;
  readonly high: Vec3;
  distance(x: number, y: number, z: number): number;
}

/** A point on a tube's centre line and its radius, in millimetres. */
export type TubePoint = readonly [x: number, y: number, z: number, radius: number];

const min3 = (a: Vec3, b: Vec3): Vec3 => [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.min(a[2], b[2])];
const max3 = (a: Vec3, b: Vec3): Vec3 => [Math.max(a[0], b[0]), Math.max(a[1], b[1]), Math.max(a[2], b[2])];

/** An ellipsoid, turned in the x-y plane by `turn` radians and then tilted in the x-z plane by `tilt` radians. */
export function ellipsoid(centre: Vec3, radii: Vec3, turn = 0, tilt = 0): Solid {
  const [cx, cy, cz] = centre;
  const [rx, ry, rz] = radii;
  const [ct, st, cl, sl] = [Math.cos(turn), Math.sin(turn), Math.cos(tilt), Math.sin(tilt)];
  const reach = turn === 0 && tilt === 0 ? radii : ([0, 0, 0].fill(Math.max(rx, ry, rz)) as unknown as Vec3);
  return {
    low: [cx - reach[0], cy - reach[1], cz - reach[2]],
    high: [cx + reach[0], cy + reach[1], cz + reach[2]],
    distance(x, y, z) {
      const dx = x - cx;
      const dy = y - cy;
      const dz = z - cz;
      const u = cl * dx + sl * dz;
      const w = -sl * dx + cl * dz;
      const a = (ct * u + st * dy) / rx;
      const b = (-st * u + ct * dy) / ry;
      const c = w / rz;
      const norm = Math.sqrt(a * a + b * b + c * c);
      const slope = Math.sqrt((a / rx) ** 2 + (b / ry) ** 2 + (c / rz) ** 2);
      // First-order distance: value over gradient of the implicit function.
      return slope < 1e-9 ? -Math.min(rx, ry, rz) : (norm * (norm - 1)) / slope;
    },
  };
}

/** Catmull-Rom curve through the points, `perSpan` steps between two of them. */
export function smoothPath(points: readonly TubePoint[], perSpan = 5): TubePoint[] {
  const at = (i: number): TubePoint => points[Math.min(Math.max(i, 0), points.length - 1)]!;
  const path: TubePoint[] = [];
  for (let i = 0; i + 1 < points.length; i++) {
    const [p0, p1, p2, p3] = [at(i - 1), at(i), at(i + 1), at(i + 2)];
    for (let k = 0; k < perSpan; k++) {
      const t = k / perSpan;
      path.push(
        [0, 1, 2, 3].map(
          (c) =>
            0.5 *
            (2 * p1[c]! +
              (p2[c]! - p0[c]!) * t +
              (2 * p0[c]! - 5 * p1[c]! + 4 * p2[c]! - p3[c]!) * t * t +
              (3 * p1[c]! - p0[c]! - 3 * p2[c]! + p3[c]!) * t * t * t),
        ) as unknown as TubePoint,
      );
    }
  }
  path.push(points[points.length - 1]!);
  return path;
}

/**
 * Numbers kept for each piece of a tube: start (4, with radius), step (4), 1 / length², middle (3), reach from there.
 */
const pieceSize = 13;

function tubePieces(path: readonly TubePoint[]): Float64Array {
  const pieces = new Float64Array(pieceSize * (path.length - 1));
  for (let i = 0; i + 1 < path.length; i++) {
    const [from, to] = [path[i]!, path[i + 1]!];
    const step = from.map((v, c) => to[c]! - v);
    const length2 = step[0]! ** 2 + step[1]! ** 2 + step[2]! ** 2;
    const middle = [0, 1, 2].map((c) => (from[c]! + to[c]!) / 2);
    pieces.set(
      [...from, ...step, 1 / Math.max(length2, 1e-9), ...middle, Math.sqrt(length2) / 2 + Math.max(from[3], to[3])],
      pieceSize * i,
    );
  }
  return pieces;
}

/** A tube along a path of at least two points: round in section, radius running linearly between the points. */
export function tube(path: readonly TubePoint[]): Solid {
  const pieces = tubePieces(path);
  const pieceDistance = (a: number, x: number, y: number, z: number): number => {
    const dx = x - pieces[a]!;
    const dy = y - pieces[a + 1]!;
    const dz = z - pieces[a + 2]!;
    const sx = pieces[a + 4]!;
    const sy = pieces[a + 5]!;
    const sz = pieces[a + 6]!;
    const t = Math.min(Math.max((dx * sx + dy * sy + dz * sz) * pieces[a + 8]!, 0), 1);
    const ex = dx - t * sx;
    const ey = dy - t * sy;
    const ez = dz - t * sz;
    return Math.sqrt(ex * ex + ey * ey + ez * ez) - pieces[a + 3]! - t * pieces[a + 7]!;
  };
  // Neighbouring points mostly have the same nearest piece: begin there, and the others can be ruled out cheaply.
  let last = 0;
  return {
    low: path.map(([x, y, z, r]): Vec3 => [x - r, y - r, z - r]).reduce(min3),
    high: path.map(([x, y, z, r]): Vec3 => [x + r, y + r, z + r]).reduce(max3),
    distance(x, y, z) {
      let nearest = pieceDistance(last, x, y, z);
      for (let a = 0; a < pieces.length; a += pieceSize) {
        const mx = x - pieces[a + 9]!;
        const my = y - pieces[a + 10]!;
        const mz = z - pieces[a + 11]!;
        const reach = nearest + pieces[a + 12]!;
        if (reach <= 0 || mx * mx + my * my + mz * mz >= reach * reach) continue;
        const d = pieceDistance(a, x, y, z);
        if (d < nearest) {
          nearest = d;
          last = a;
        }
      }
      return nearest;
    },
  };
}

/** A straight tube from one point to another. */
export const rod = (from: TubePoint, to: TubePoint): Solid => tube([from, to]);

/** The points of any of the solids; edges where two meet are rounded over about `blendMm`. */
export function union(solids: readonly Solid[], blendMm = 0): Solid {
  return {
    low: solids.map((s) => s.low).reduce(min3),
    high: solids.map((s) => s.high).reduce(max3),
    distance(x, y, z) {
      let d = solids[0]!.distance(x, y, z);
      for (let i = 1; i < solids.length; i++) {
        const e = solids[i]!.distance(x, y, z);
        const overlap = Math.max(blendMm - Math.abs(d - e), 0);
        d = Math.min(d, e) - (blendMm > 0 ? (overlap * overlap) / (4 * blendMm) : 0);
      }
      return d;
    },
  };
}

/** From here on a second solid no longer matters: no surface is roughened or faded over that many millimetres. */
const farMm = 9;

/** The part of `solid` that lies within `limit`, at least `gapMm` below its surface. */
export const within = (solid: Solid, limit: Solid, gapMm = 0): Solid => ({
  low: solid.low,
  high: solid.high,
  distance(x, y, z) {
    const d = solid.distance(x, y, z);
    return d > farMm ? d : Math.max(d, limit.distance(x, y, z) + gapMm);
  },
});

/** The part of `solid` outside `hole`, at least `gapMm` away from it. */
export const without = (solid: Solid, hole: Solid, gapMm = 0): Solid => ({
  low: solid.low,
  high: solid.high,
  distance(x, y, z) {
    const d = solid.distance(x, y, z);
    return d > farMm ? d : Math.max(d, gapMm - hole.distance(x, y, z));
  },
});

/** The solid with its surface moved outwards by `mm`. */
export const grown = (solid: Solid, mm: number): Solid => ({
  low: [solid.low[0] - mm, solid.low[1] - mm, solid.low[2] - mm],
  high: [solid.high[0] + mm, solid.high[1] + mm, solid.high[2] + mm],
  distance: (x, y, z) => solid.distance(x, y, z) - mm,
});

/**
 * A column along z, squarer than an ellipse, whose front and back halves may differ in depth.
 *
 * @param halfWidth along x, in millimetres
 * @param front depth from the origin to the anterior surface
 * @param back depth from the origin to the posterior surface
 * @param square 0 an ellipse … 1 a rectangle (the outline is the squircle x² + y² - square²·x²y² = 1)
 * @param dome where the column closes above: height of its top, and how high the closing part is
 */
export function column(
  halfWidth: number,
  front: number,
  back: number,
  square: number,
  dome?: { top: number; height: number },
): Solid {
  return {
    low: [-halfWidth, -front, -400],
    high: [halfWidth, back, dome ? dome.top : 400],
    distance(x, y, z) {
      const u = (x / halfWidth) ** 2;
      const v = (y / (y < 0 ? front : back)) ** 2;
      let norm2 = (u + v + Math.sqrt(Math.max((u + v) ** 2 - 4 * square * square * u * v, 0))) / 2;
      let radius2 = x * x + y * y;
      if (dome && z > dome.top - dome.height) {
        const up = z - dome.top + dome.height;
        norm2 += (up / dome.height) ** 3;
        radius2 += up * up;
      }
      return norm2 < 1e-9 ? -Math.min(halfWidth, front, back) : Math.sqrt(radius2) * (1 - 1 / Math.sqrt(norm2));
    },
  };
}
