/** Lengths along paths of straight lines, by hand. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pathCorners, pathLength, pointAlong } from '../../lib/figures/renderPath.ts';

describe('a path', () => {
  it('has the length of its lines, and points along them', () => {
    const corners = pathCorners('M0,0L3,4L3,-6'); // 5 long, then 10
    expect(pathLength(corners)).toBe(15);
    expect(pointAlong(corners, 2.5)).toEqual({ x: 1.5, y: 2 });
    expect(pointAlong(corners, 10)).toEqual({ x: 3, y: -1 });
    expect(pointAlong(corners, 99)).toEqual({ x: 3, y: -6 });
    expect(pointAlong(corners, -1)).toEqual({ x: 0, y: 0 });
    expect(pathLength(pathCorners(''))).toBe(0);
    expect(pointAlong([], 1)).toEqual({ x: 0, y: 0 });
  });
});

describe('pathCorners', () => {
  it('reads numbers with signs, fractions and exponents, parted by commas or blanks', () => {
    expect(pathCorners('M 1.5,-2 L-3e1 4')).toEqual([
      { x: 1.5, y: -2 },
      { x: -30, y: 4 },
    ]);
  });
});

describe('pointAlong', () => {
  it('is as far along as it was asked for, whatever the path', () => {
    const corner = fc.record({ x: fc.integer({ min: -50, max: 50 }), y: fc.integer({ min: -50, max: 50 }) });
    fc.assert(
      fc.property(
        fc.array(corner, { minLength: 2, maxLength: 6 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (path, share) => {
          const length = pathLength(path);
          const point = pointAlong(path, share * length);
          // Cut there, the first part has that length: the least over the lines that the point lies on.
          const before = path.slice(1).map((_, i) => pathLength([...path.slice(0, i + 1), point]));
          expect(Math.min(...before.map((l) => Math.abs(l - share * length)))).toBeLessThan(1e-9 * (1 + length));
        },
      ),
    );
  });
});
