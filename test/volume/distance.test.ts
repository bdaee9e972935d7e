import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { distanceTransform } from '../../lib/volume/distance.ts';
import type { Vec3 } from '../../lib/volume/volume.ts';

/** By definition: the least distance to any voxel of the target. */
function bruteForce(
  mask: ArrayLike<number>,
  [width, height, depth]: Vec3,
  spacing: Vec3,
  wantsForeground: boolean,
): Float64Array {
  const place = (i: number): Vec3 => [i % width, Math.floor(i / width) % height, Math.floor(i / (width * height))];
  const all = Array.from({ length: width * height * depth }, (_, i) => i);
  const targets = all.filter((i) => (mask[i] !== 0) === wantsForeground).map(place);
  return Float64Array.from(all, (i) => {
    const from = place(i);
    return targets.reduce(
      (least, to) => Math.min(least, Math.hypot(...from.map((value, axis) => (value - to[axis]) * spacing[axis]))),
      Infinity,
    );
  });
}

const axis = fc.integer({ min: 1, max: 9 });
const masks = fc.tuple(axis, axis, axis, fc.constantFrom(0.02, 0.3, 0.9)).chain(([x, y, z, share]) =>
  fc.record({
    shape: fc.constant([x, y, z] as const),
    mask: fc.array(
      fc.double({ min: 0, max: 1, noNaN: true }).map((v) => Number(v < share)),
      { minLength: x * y * z, maxLength: x * y * z },
    ),
  }),
);
const spacings = fc.tuple(
  ...[0, 1, 2].map(() => fc.double({ min: 0.1, max: 6, noNaN: true })),
) as unknown as fc.Arbitrary<Vec3>;

describe('the distance transform', () => {
  it('equals the definition for any mask, shape and spacing', () => {
    fc.assert(
      fc.property(masks, spacings, fc.boolean(), ({ shape, mask }, spacing, toForeground) => {
        const ours = distanceTransform(
          Uint8Array.from(mask),
          shape,
          spacing,
          toForeground ? 'foreground' : 'background',
          new Float64Array(mask.length),
        );
        const wanted = bruteForce(mask, shape, spacing, toForeground);
        for (let i = 0; i < wanted.length; i++) {
          if (wanted[i] === Infinity) expect(ours[i]).toBe(Infinity);
          else expect(Math.abs(ours[i] - wanted[i])).toBeLessThan(1e-9);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('gives an example worked out by hand', () => {
    const mask = Uint8Array.from([1, 1, 1, 1, 1, 1, 1, 1, 0]);
    const [root5, root8] = [Math.hypot(1, 4), Math.hypot(2, 4)];
    const ours = distanceTransform(mask, [3, 3, 1], [1, 2, 5], 'background', new Float64Array(9));
    [root8, root5, 4, Math.hypot(2, 2), Math.hypot(1, 2), 2, 2, 1, 0].forEach((value, i) =>
      expect(ours[i]).toBeCloseTo(value, 12),
    );
  });

  it('overwrites what was in the array before, also in wide images', () => {
    const [shape, spacing] = [[70, 5, 3] as const, [0.7, 1.1, 2.3] as const];
    const mask = Uint8Array.from({ length: 70 * 5 * 3 }, (_, i) => Number(i % 97 !== 13));
    const again = distanceTransform(mask, shape, spacing, 'background', new Float64Array(mask.length).fill(7));
    const wanted = bruteForce(mask, shape, spacing, false);
    again.forEach((value, i) => expect(value).toBeCloseTo(wanted[i], 9));
  });

  it('is Infinity everywhere without a target and 0 everywhere in it', () => {
    expect([...distanceTransform(new Uint8Array(4), [2, 2, 1], [1, 1, 1], 'foreground')]).toEqual([
      Infinity,
      Infinity,
      Infinity,
      Infinity,
    ]);
    expect([...distanceTransform(new Uint8Array(4), [2, 2, 1], [1, 1, 1])]).toEqual([0, 0, 0, 0]);
    expect(distanceTransform(new Uint8Array(0), [0, 0, 0], [1, 1, 1])).toHaveLength(0);
  });

  it('refuses what does not fit together', () => {
    expect(() => distanceTransform([1, 0], [3, 1, 1], [1, 1, 1])).toThrow(
      'Expected a mask of 3×1×1 voxels, found 2 values',
    );
    expect(() => distanceTransform([1, 0], [2, 1, 1], [1, 0, 1])).toThrow(
      'Expected a positive spacing in mm for x, y, z, found 1, 0, 1',
    );
    expect(() => distanceTransform([1, 0], [2, 1, 1], [1, 1, 1], 'background', new Float32Array(1))).toThrow(
      'Expected room for 2 distances, found 1',
    );
  });
});
