import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  column,
  ellipsoid,
  grown,
  smoothPath,
  type TubePoint,
  tube,
  union,
  within,
  without,
} from '../../../lib/dataset/phantom/solids.ts';

const mm = fc.double({ min: -60, max: 60, noNaN: true });
const radius = fc.double({ min: 1, max: 20, noNaN: true });
const tubePoint = fc.tuple(mm, mm, mm, radius);

describe('ellipsoid', () => {
  it('is a sphere with the exact distance when its radii are equal', () => {
    const ball = ellipsoid([1, 2, 3], [10, 10, 10], 0.4, 0.2);
    expect(ball.distance(1, 2, 18)).toBeCloseTo(5, 9);
    expect(ball.distance(1, 5, 3)).toBeCloseTo(-7, 9);
    expect(ball.distance(1, 2, 3)).toBe(-10);
  });

  it('turns from x towards y', () => {
    const turned = ellipsoid([0, 0, 0], [20, 5, 5], Math.PI / 4);
    expect(turned.distance(20 * Math.SQRT1_2, 20 * Math.SQRT1_2, 0)).toBeCloseTo(0, 9);
    expect(turned.distance(10, -10, 0)).toBeGreaterThan(0);
  });

  it('never promises more room than there is', () => {
    const solid = ellipsoid([0, 0, 0], [30, 12, 20]);
    const point = fc.tuple(mm, mm, mm);
    const angles = fc.tuple(
      fc.double({ min: 0, max: Math.PI, noNaN: true }),
      fc.double({ min: 0, max: 7, noNaN: true }),
    );
    fc.assert(
      fc.property(point, angles, ([x, y, z], [a, b]) => {
        const surface = [30 * Math.sin(a) * Math.cos(b), 12 * Math.sin(a) * Math.sin(b), 20 * Math.cos(a)];
        const way = Math.hypot(x - surface[0]!, y - surface[1]!, z - surface[2]!);
        expect(solid.distance(x, y, z)).toBeLessThanOrEqual(way + 1e-9);
      }),
    );
  });
});

describe('tube', () => {
  /** Distance to a path by walking along it in small steps. */
  const walked = (path: readonly TubePoint[], x: number, y: number, z: number): number => {
    let nearest = Infinity;
    for (let i = 0; i + 1 < path.length; i++) {
      for (let k = 0; k <= 2000; k++) {
        const [px, py, pz, r] = path[i]!.map((v, c) => v + (k / 2000) * (path[i + 1]![c]! - v)) as [
          number,
          number,
          number,
          number,
        ];
        nearest = Math.min(nearest, Math.hypot(x - px, y - py, z - pz) - r);
      }
    }
    return nearest;
  };

  it('has the distance of its nearest piece, for a tube of one radius', () => {
    fc.assert(
      fc.property(fc.array(tubePoint, { minLength: 2, maxLength: 4 }), fc.tuple(mm, mm, mm), (points, [x, y, z]) => {
        const path = points.map(([px, py, pz]): TubePoint => [px, py, pz, 6]);
        expect(tube(path).distance(x, y, z)).toBeCloseTo(walked(path, x, y, z), 1);
      }),
      { numRuns: 40 },
    );
  });

  it('answers the same whatever was asked before', () => {
    const points = fc.array(tubePoint, { minLength: 3, maxLength: 6 });
    fc.assert(
      fc.property(points, fc.array(fc.tuple(mm, mm, mm), { minLength: 2, maxLength: 8 }), (path, places) => {
        const busy = tube(path);
        for (const [x, y, z] of places) expect(busy.distance(x, y, z)).toBeCloseTo(tube(path).distance(x, y, z), 9);
      }),
    );
  });

  it('lies in its box', () => {
    const solid = tube([
      [0, 0, 0, 3],
      [10, -5, 20, 6],
    ]);
    expect(solid.low).toEqual([-3, -11, -3]);
    expect(solid.high).toEqual([16, 3, 26]);
  });
});

describe('smoothPath', () => {
  it('passes through its points', () => {
    const points: TubePoint[] = [
      [0, 0, 0, 4],
      [10, 5, 0, 5],
      [20, -5, 8, 3],
      [30, 0, 9, 2],
    ];
    const path = smoothPath(points, 4);
    expect(path).toHaveLength(13);
    points.forEach((point, i) => point.forEach((v, c) => expect(path[4 * i]![c]).toBeCloseTo(v, 9)));
  });
});

describe('combined solids', () => {
  const a = ellipsoid([0, 0, 0], [10, 10, 10]);
  const b = ellipsoid([12, 0, 0], [10, 10, 10]);
  const inside = (solid: typeof a, x: number): boolean => solid.distance(x, 0, 0) < 0;

  it('joins, cuts and limits', () => {
    expect([-5, 6, 17].map((x) => inside(union([a, b]), x))).toEqual([true, true, true]);
    expect([-5, 6, 17].map((x) => inside(within(a, b), x))).toEqual([false, true, false]);
    expect([-5, 6, 17].map((x) => inside(without(a, b), x))).toEqual([true, false, false]);
    expect(within(a, b, 3).distance(6, 0, 0)).toBeCloseTo(-1, 9);
    expect(grown(a, 4).distance(12, 0, 0)).toBeCloseTo(-2, 9);
  });

  it('rounds the edge where two solids meet, and only there', () => {
    expect(union([a, b], 4).distance(6, 8, 0)).toBeLessThan(union([a, b]).distance(6, 8, 0));
    expect(union([a, b], 4).distance(-10, 0, 0)).toBeCloseTo(0, 9);
  });
});

describe('column', () => {
  it('meets its half width, front and back, and is squarer than an ellipse', () => {
    const body = column(100, 60, 80, 0.7);
    expect(body.distance(100, 0, 0)).toBeCloseTo(0, 9);
    expect(body.distance(0, -60, 50)).toBeCloseTo(0, 9);
    expect(body.distance(0, 80, -50)).toBeCloseTo(0, 9);
    expect(body.distance(72, 58, 0)).toBeLessThan(0);
    expect(column(100, 60, 80, 0).distance(72, 58, 0)).toBeGreaterThan(0);
  });

  it('closes at the top of its dome', () => {
    const dome = column(100, 60, 80, 0.7, { top: 120, height: 90 });
    expect(dome.distance(0, 0, 119)).toBeLessThan(0);
    expect(dome.distance(0, 0, 121)).toBeGreaterThan(0);
    expect(dome.distance(99, 0, 20)).toBeLessThan(0);
    expect(dome.distance(99, 0, 100)).toBeGreaterThan(0);
  });
});
