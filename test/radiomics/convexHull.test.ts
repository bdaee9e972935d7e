/** Convex hulls of bodies by hand, and what any hull must keep to. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { convexHull } from '../../lib/radiomics/convexHull.ts';

describe('a convex hull', () => {
  it('of a tetrahedron is its four faces', () => {
    // Three right triangles of area 1/2 and one with sides √2, of area √3/2; volume 1/6.
    const { areaMm2, volumeMm3 } = convexHull(Int32Array.of(0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1), [1, 1, 1]);
    expect(areaMm2).toBeCloseTo(3 / 2 + Math.sqrt(3) / 2, 12);
    expect(volumeMm3).toBeCloseTo(1 / 6, 12);
  });

  it('does not depend on the order of the points, and never shrinks when one joins', () => {
    const point = fc.tuple(fc.nat(6), fc.nat(6), fc.nat(6));
    fc.assert(
      fc.property(fc.array(point, { minLength: 4, maxLength: 15 }), point, (points, more) => {
        const hull = (list: readonly (readonly number[])[]) => convexHull(Int32Array.from(list.flat()), [1, 2, 3]);
        const found = hull(points);
        expect(hull([...points].reverse()).volumeMm3).toBeCloseTo(found.volumeMm3, 9);
        expect(hull([...points].reverse()).areaMm2).toBeCloseTo(found.areaMm2, 9);
        expect(hull([...points, more]).volumeMm3).toBeGreaterThanOrEqual(found.volumeMm3 - 1e-9);
      }),
    );
  });

  it('of a cube with points inside and on its faces is the cube', () => {
    const points: number[] = [];
    for (let x = 0; x < 4; x++) for (let y = 0; y < 4; y++) for (let z = 0; z < 4; z++) points.push(x, y, z);
    const { areaMm2, volumeMm3 } = convexHull(Int32Array.from(points), [1, 1, 2]);
    expect([areaMm2, volumeMm3]).toEqual([expect.closeTo(2 * 9 + 4 * 18, 10), expect.closeTo(54, 10)]);
  });

  it('of points in one plane has no volume', () => {
    expect(convexHull(Int32Array.of(0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 1, 0, 2, 2, 0), [1, 1, 1])).toEqual({
      areaMm2: 0,
      volumeMm3: 0,
    });
  });
});
