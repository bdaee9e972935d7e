/** Two masks in the box that holds both. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskPair, pairCounts } from '../../lib/evaluate/maskPair.ts';
import { overlapCounts } from '../../lib/evaluate/overlap.ts';
import type { Vec3 } from '../../lib/volume/volume.ts';

const spacingMm: Vec3 = [1, 2, 3];
const maskAt = (n: number, ...at: number[]): Uint8Array =>
  Uint8Array.from({ length: n }, (_, i) => Number(at.includes(i)));

describe('maskPair', () => {
  it('crops both to the joint box, with a margin of one voxel on every side', () => {
    // Voxels (1, 1, 0) and (2, 1, 1) of 4 × 3 × 2: a box of 2 × 1 × 2 with its margin.
    const pair = maskPair(maskAt(24, 5), maskAt(24, 18), [4, 3, 2], spacingMm);
    expect(pair).toMatchObject({ shape: [4, 3, 4], spacingMm, imageShape: [4, 3, 2] });
    expect([pair.prediction.indexOf(1), pair.reference.indexOf(1)]).toEqual([1 + 4 * (1 + 3 * 1), 2 + 4 * (1 + 3 * 2)]);
  });
  it('of one slice has no margin across it', () => {
    expect(maskPair(maskAt(12, 5), maskAt(12, 5), [4, 3, 1], spacingMm).shape).toEqual([3, 3, 1]);
  });
  it('takes anything but 0 for foreground, and has nothing where both are empty', () => {
    expect([...maskPair([0, 7, -1], [0, 0, 0.5], [3, 1, 1], spacingMm).prediction].filter(Boolean)).toEqual([1, 1]);
    const { prediction, reference, shape } = maskPair(maskAt(12), maskAt(12), [4, 3, 1], spacingMm);
    expect([prediction.length, reference.length, shape]).toEqual([0, 0, [0, 0, 0]]);
  });
  it('refuses masks that do not fit the shape, or one another', () => {
    expect(() => maskPair(maskAt(11), maskAt(12), [4, 3, 1], spacingMm)).toThrow(
      'Expected a prediction of 12 voxels, found 11',
    );
    expect(() => maskPair(maskAt(11), maskAt(11), [4, 3, 1], spacingMm)).toThrow('found');
    expect(() => maskPair(maskAt(12), maskAt(12), [4, 3, 1], [1, 0, 1])).toThrow('found');
  });
});

describe('pairCounts', () => {
  it('are the counts of the whole images', () => {
    const mask = fc.array(fc.constantFrom(0, 0, 0, 1), { minLength: 60, maxLength: 60 });
    fc.assert(
      fc.property(mask, mask, (prediction, reference) => {
        expect(pairCounts(maskPair(prediction, reference, [3, 4, 5], spacingMm))).toEqual(
          overlapCounts(prediction, reference),
        );
      }),
    );
  });
});
