import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '../../lib/random.ts';
import { borderVoxels, dilateMask, erodeMask, redrawMask, shiftMask } from '../../lib/volume/perturbMask.ts';
import type { Vec3, Volume } from '../../lib/volume/volume.ts';

const grid = (data: number[], shape: Vec3): Volume<Uint8Array> => ({
  data: Uint8Array.from(data),
  shape,
  spacingMm: [1, 1, 1],
  affine: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1],
});
/** A 3 × 3 square in the middle of a 5 × 5 slice. */
const square = grid([0, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 1, 1, 1, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0], [5, 5, 1]);
const all = (v: Volume): number[] => Array.from(v.data);
const random = (): Random => Random.stream(1, 'masks');
const sum = (v: Volume): number => all(v).reduce((a, b) => a + b, 0);

describe('masks drawn otherwise', () => {
  it('lose or gain one voxel at the border within the slice', () => {
    expect(borderVoxels(square, 1)).toHaveLength(8);
    expect(borderVoxels(square, 0)).toHaveLength(12);
    expect(all(erodeMask(square, 1, random()))).toEqual([
      0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    ]);
    expect(all(dilateMask(square, 1, random()))).toEqual([
      0, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 1, 1, 1, 0,
    ]);
    expect(all(shiftMask(square, [1, -1, 0]))).toEqual([
      0, 0, 1, 1, 1, 0, 0, 1, 1, 1, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    ]);
  });

  it('never touch the slices above and below, and lose what is shifted out', () => {
    const tall = grid([0, 1, 0, 1, 1, 1, 0, 1, 0], [1, 1, 9]);
    expect(sum(dilateMask(tall, 1, random()))).toBe(5);
    expect(sum(erodeMask(tall, 1, random()))).toBe(0); // one voxel wide: all of it is border
    expect(sum(shiftMask(square, [0, 4, 0]))).toBe(0);
    expect(() => shiftMask(square, [0.5, 0, 0])).toThrow('whole voxels');
  });

  it('stay inside and outside of each other, keep their grid, and repeat with the seed', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 1 }), { minLength: 60, maxLength: 60 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (data, share) => {
          const mask = grid(data, [5, 4, 3]);
          const [small, large, redrawn] = [
            erodeMask(mask, share, random()),
            dilateMask(mask, share, random()),
            redrawMask(mask, share, random()),
          ];
          data.forEach((v, i) => expect([small.data[i]! <= v, large.data[i]! >= v]).toEqual([true, true]));
          expect(redrawn.shape).toBe(mask.shape);
          expect(all(redrawMask(mask, share, random()))).toEqual(all(redrawn));
          expect(all(erodeMask(mask, 0, random()))).toEqual(data);
        },
      ),
      { numRuns: 50 },
    );
  });
});
