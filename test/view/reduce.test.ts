import { describe, expect, it } from 'vitest';
import { blockClasses, blockMeans, partAffine, partShape } from '../../lib/view/reduce.ts';
import type { Volume } from '../../lib/volume/volume.ts';
import { voxelToMm } from '../../lib/volume/volume.ts';

const affine = [-2, 0, 0, 30, 0, -2, 0, 40, 0, 0, 5, -20, 0, 0, 0, 1];
const volume = <T extends Int16Array | Uint8Array>(data: T): Volume<T> => ({
  data,
  shape: [5, 2, 2],
  spacingMm: [2, 2, 5],
  affine,
});
const whole = { start: [0, 0, 0], shape: [5, 2, 2] } as const;
const pairs = { box: whole, factor: [2, 2, 1] } as const;

describe('blocks of 2 × 2 × 1 voxels', () => {
  it('have the mean of their voxels, of those that there are at the far edge', () => {
    // prettier-ignore
    const image = volume(Int16Array.of(0, 4, 10, 20, 7, 8, 0, 30, 40, 9, -5, -7, 1, 1, 1, -9, -11, 1, 1, 2));
    // (0+4+8+0)/4, (10+20+30+40)/4, (7+9)/2; (-5-7-9-11)/4, (1+1+1+1)/4, (1+2)/2
    expect([...blockMeans(image, pairs)]).toEqual([3, 25, 8, -8, 1, 1.5]);
    expect(partShape(pairs)).toEqual([3, 1, 2]);
  });

  it('have a class where half of their voxels have one, the most frequent, of equals the first', () => {
    // prettier-ignore
    const mask = volume(Uint8Array.of(1, 0, 2, 2, 0, 2, 0, 1, 2, 0, 1, 0, 0, 0, 3, 0, 0, 0, 0, 0));
    // {1,0,2,0}: half, 1 and 2 alike; {2,2,1,2}; {0,0}; {1,0,0,0}: a quarter; {0,…}; {3,0} of two
    expect([...blockClasses(mask, pairs)]).toEqual([1, 2, 0, 0, 0, 3]);
  });

  it('lie in the middle of their voxels', () => {
    const mm = voxelToMm(partAffine(affine, pairs), [1, 0, 1]);
    expect(mm).toEqual(voxelToMm(affine, [2.5, 0.5, 1]));
  });
});

it('a box of single voxels is those voxels, where they are', () => {
  const image = volume(Int16Array.from({ length: 20 }, (_, i) => i * 3 - 7));
  const part = { box: { start: [1, 1, 0], shape: [3, 1, 2] }, factor: [1, 1, 1] } as const;
  const at = (x: number, y: number, z: number): number => image.data[x + 5 * (y + 2 * z)]!;
  expect([...blockMeans(image, part)]).toEqual([
    at(1, 1, 0),
    at(2, 1, 0),
    at(3, 1, 0),
    at(1, 1, 1),
    at(2, 1, 1),
    at(3, 1, 1),
  ]);
  expect(voxelToMm(partAffine(affine, part), [0, 0, 1])).toEqual(voxelToMm(affine, [1, 1, 1]));
});
